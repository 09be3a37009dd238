// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Morphology of masks with discs, as OpenCV computes it with MORPH_ELLIPSE; masks are 0 and 1. */
(function (modules) {
  const { zeros, round } = modules.arrays;

  const close = (mask, radius) => erode(dilate(mask, radius), radius);
  const open = (mask, radius) => dilate(erode(mask, radius), radius);

  /** Pixels outside the image do not count, as in OpenCV. */
  function erode(mask, radius) {
    return invert(dilate(invert(mask), radius));
  }

  function invert({ rows, columns, data }) {
    return { rows, columns, data: data.map((value) => 1 - value) };
  }

  function dilate(mask, radius) {
    const { rows, columns } = mask;
    const width = columns + 1;
    const sums = new Int32Array(rows * width); // for each row, of the pixels left of each column
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        sums[row * width + column + 1] = sums[row * width + column] + mask.data[row * columns + column];
      }
    }
    const halves = discHalves(radius);
    const size = (halves.length - 1) / 2;
    const result = zeros(rows, columns, Uint8Array);
    for (let row = 0; row < rows; row++) {
      const top = Math.max(0, row - size);
      const bottom = Math.min(rows - 1, row + size);
      for (let column = 0; column < columns; column++) {
        for (let y = top; y <= bottom; y++) {
          const half = halves[y - row + size];
          const right = y * width + Math.min(columns, column + half + 1);
          if (sums[right] > sums[y * width + Math.max(0, column - half)]) {
            result.data[row * columns + column] = 1;
            break;
          }
        }
      }
    }
    return result;
  }

  /** Return for each row of a disc how far it reaches to both sides of its centre. */
  function discHalves(radius) {
    const size = Math.max(1, round(radius));
    return Array.from({ length: 2 * size + 1 }, (_, i) => {
      const dy = i - size;
      return round(size * Math.sqrt((size * size - dy * dy) / (size * size)));
    });
  }

  modules.morphology = { open, close };
})((globalThis.lightbtseg ??= {}));
