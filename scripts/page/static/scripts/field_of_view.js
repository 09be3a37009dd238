// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Find the field of view of an ultrasound image as scripts/images/field_of_view.py does. */
(function (modules) {
  const { zeros, crop, map, range, round } = modules.arrays;
  const { reduce } = modules.resampling;
  const { open, close } = modules.morphology;
  const { connectedComponents } = modules.components;
  const { convexHull, fillConvex } = modules.convexHull;

  // The same as in field_of_view.py, where they are explained.
  const STROKE = 0.012;
  const GAP = 0.08;
  const DARK = Math.fround(12 / 255); // as NumPy compares
  const SIDE = 256;
  const MIN_AREA = 0.05;

  /** Return the mask of the field of view of grey levels; 1 everywhere if none is found. */
  function fieldOfView(grey) {
    const [low, high] = range(grey);
    const everywhere = zeros(grey.rows, grey.columns, Uint8Array);
    everywhere.data.fill(1);
    if (high <= low) return everywhere;
    const scaled = map(grey, Float32Array, (value) => (value - low) / (high - low));
    const small = reduced(scaled, Math.min(1, SIDE / Math.min(grey.rows, grey.columns)));
    const side = Math.min(small.rows, small.columns);
    const margin = Math.max(1, round(GAP * side)); // so that closing does not shrink areas at the image border
    let bright = padded(small, margin);
    bright = close(bright, (STROKE * side) / 2); // speckle
    bright = open(bright, STROKE * side);
    bright = close(bright, (GAP * side) / 2);
    const inner = crop(bright, {
      top: margin,
      left: margin,
      bottom: margin + small.rows,
      right: margin + small.columns,
    });
    const { labels, components } = connectedComponents(inner);
    if (!components.length) return everywhere;
    const largest = components.reduce((best, each) => (each.size > best.size ? each : best));
    if (largest.size < MIN_AREA * inner.data.length) return everywhere;
    const field = fillConvex(convexHull(ends(labels, largest.label)), inner.rows, inner.columns);
    return enlarge(field, grey.rows, grey.columns);
  }

  function reduced(plane, scale) {
    return reduce(plane, round(plane.rows * scale), round(plane.columns * scale), 1 / scale, 1 / scale);
  }

  function padded(plane, margin) {
    const mask = zeros(plane.rows + 2 * margin, plane.columns + 2 * margin, Uint8Array);
    for (let row = 0; row < plane.rows; row++) {
      for (let column = 0; column < plane.columns; column++) {
        const bright = plane.data[row * plane.columns + column] > DARK;
        mask.data[(row + margin) * mask.columns + column + margin] = bright ? 1 : 0;
      }
    }
    return mask;
  }

  /** Return the first and the last pixel [x, y] of a component in each row; its hull needs no others. */
  function ends(labels, label) {
    const points = [];
    for (let y = 0; y < labels.rows; y++) {
      const row = labels.data.subarray(y * labels.columns, (y + 1) * labels.columns);
      const first = row.indexOf(label);
      if (first >= 0) points.push([first, y], [row.lastIndexOf(label), y]);
    }
    return points;
  }

  /** Enlarge by nearest neighbours. */
  function enlarge(mask, rows, columns) {
    const result = zeros(rows, columns, Uint8Array);
    const source = (place, old, size) => Math.min(Math.floor(place * (old / size)), old - 1);
    for (let row = 0; row < rows; row++) {
      const start = source(row, mask.rows, rows) * mask.columns;
      for (let column = 0; column < columns; column++) {
        result.data[row * columns + column] = mask.data[start + source(column, mask.columns, columns)];
      }
    }
    return result;
  }

  modules.fieldOfView = { fieldOfView };
})((globalThis.lightbtseg ??= {}));
