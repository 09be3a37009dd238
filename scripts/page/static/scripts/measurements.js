// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Measure lesions in a mask as scripts/postprocessing/measurements.py does. */
(function (modules) {
  const { crop } = modules.arrays;
  const { connectedComponents, select } = modules.components;
  const { convexHull } = modules.convexHull;
  const { outerBorder } = modules.contour;

  /**
   * Measure the lesions of a mask. Lengths are in `unit`, areas in squared `unit`, positions in pixels.
   *
   * @param {Plane} mask lesion where not 0.
   * @param {[number, number] | null} spacing height and width of a pixel in millimetres, null if unknown.
   * @returns {object} `components`, `area`, `longest` and `perpendicular` diameter and `calipers` (the end points of
   *   both) of the largest lesion, `boundingBox` (first row, first column, last row, last column), `unit`.
   */
  function measure(mask, spacing) {
    const unit = spacing ? "mm" : "pixel";
    const [height, width] = spacing ?? [1, 1];
    const found = connectedComponents(mask);
    const { components } = found;
    if (!components.length) {
      return { components: 0, area: 0, longest: 0, perpendicular: 0, boundingBox: null, unit, calipers: [] };
    }
    const largest = components.reduce((best, each) => (each.size > best.size ? each : best));
    const { longest, across, ends } = diameters(
      crop(
        select(found, ({ label }) => label === largest.label),
        largest,
      ),
      [width, height],
    );
    const [a, b, c, d] = ends.map(([x, y]) => [x + largest.left, y + largest.top]);
    return {
      components: components.length,
      area: components.reduce((sum, { size }) => sum + size, 0) * height * width,
      longest,
      perpendicular: across,
      boundingBox: [
        Math.min(...components.map(({ top }) => top)),
        Math.min(...components.map(({ left }) => left)),
        Math.max(...components.map(({ bottom }) => bottom)) - 1,
        Math.max(...components.map(({ right }) => right)) - 1,
      ],
      unit,
      calipers: [
        [a, b],
        [c, d],
      ],
    };
  }

  /** Return the longest diameter of a region, the one across, and their four end points in pixels. */
  function diameters(lesion, pixel) {
    const border = outerBorder(lesion);
    // In half pixels, because hulls are exact for whole numbers; scaling the axes keeps it a hull.
    const midpoints = border.flatMap(([x, y]) =>
      [
        [1, 0],
        [1, 2],
        [0, 1],
        [2, 1],
      ].map(([i, j]) => [2 * x + i, 2 * y + j]),
    );
    const hull = convexHull(midpoints).map(([x, y]) => [(x * pixel[0]) / 2, (y * pixel[1]) / 2]);
    let longest = 0;
    let ends = [hull[0], hull[0]];
    for (const first of hull) {
      for (const second of hull) {
        const distance = Math.hypot(first[0] - second[0], first[1] - second[1]);
        if (distance > longest) {
          longest = distance;
          ends = [first, second];
        }
      }
    }
    const direction = [(ends[0][0] - ends[1][0]) / longest, (ends[0][1] - ends[1][1]) / longest];
    const centres = border.map(([x, y]) => [(x + 0.5) * pixel[0], (y + 0.5) * pixel[1]]);
    const line = longestAcross(centres, pixel, direction);
    const across = Math.hypot(line[1][0] - line[0][0], line[1][1] - line[0][1]);
    return { longest, across, ends: [...ends, ...line].map(([x, y]) => [x / pixel[0], y / pixel[1]]) };
  }

  /** Return the end points of the longest line across a region, perpendicular to a direction; see the Python module. */
  function longestAcross(border, pixel, direction) {
    const normal = [-direction[1], direction[0]];
    const points = border.flatMap(([x, y], i) => {
      const [nextX, nextY] = border[(i + 1) % border.length];
      return [0, 0.25, 0.5, 0.75].map((share) => [x + share * (nextX - x), y + share * (nextY - y)]);
    });
    const along = points.map(([x, y]) => x * direction[0] + y * direction[1]);
    const beside = points.map(([x, y]) => x * normal[0] + y * normal[1]);
    const step = Math.max(...pixel) / 2;
    const start = along.reduce((a, b) => Math.min(a, b));
    const strips = [];
    along.forEach((value, i) => {
      const strip = (strips[Math.floor((value - start) / step)] ??= {
        low: Infinity,
        high: -Infinity,
        sum: 0,
        count: 0,
      });
      strip.low = Math.min(strip.low, beside[i]);
      strip.high = Math.max(strip.high, beside[i]);
      strip.sum += value;
      strip.count++;
    });
    const width = ({ low, high }) => high - low;
    const widest = strips.filter(Boolean).reduce((best, each) => (width(each) > width(best) ? each : best));
    const edge = Math.max(Math.abs(normal[0] * pixel[0]), Math.abs(normal[1] * pixel[1])) / 2;
    const middle = widest.sum / widest.count;
    return [widest.low - edge, widest.high + edge].map((offset) => [
      middle * direction[0] + offset * normal[0],
      middle * direction[1] + offset * normal[1],
    ]);
  }

  modules.measurements = { measure };
})((globalThis.lightbtseg ??= {}));
