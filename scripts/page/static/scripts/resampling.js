// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Resize images: as scripts/images/resampling.py does, and as OpenCV does. */
(function (modules) {
  const { zeros } = modules.arrays;
  const TRUNCATED = 4; // half width of the Gaussian kernel in standard deviations, as in MONAI

  /**
   * Return a plane resized by area averaging, as Float32Array, with Gaussian smoothing before it or without.
   *
   * @param {Plane} plane
   * @param {number} rows, columns size of the result.
   * @param {boolean} antiAliasing smooth by a Gaussian along an axis that gets shorter.
   */
  function resize(plane, rows, columns, antiAliasing = false) {
    if (plane.rows === rows && plane.columns === columns) {
      return { rows, columns, data: new Float32Array(plane.data) };
    }
    const [rowBands, columnBands] = [bands(plane.rows, rows, antiAliasing), bands(plane.columns, columns, antiAliasing)];
    const result = applyBands(plane, rowBands, columnBands); // sums, which are exact for 8 bits
    for (let place = 0, row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, place++) {
        result.data[place] = Math.fround(result.data[place] / rowBands[row].count) / columnBands[column].count;
      }
    }
    return result;
  }

  /**
   * Resize both axes by weighted sums.
   *
   * @param {Plane} plane
   * @param {{first: number, weights: number[]}[]} rowBands, columnBands for each row or column of the result, the first
   *   one of the plane that it depends on, and the weights of that one and those that follow.
   */
  function applyBands(plane, rowBands, columnBands) {
    const between = zeros(plane.rows, columnBands.length, Float32Array);
    for (let row = 0; row < plane.rows; row++) {
      columnBands.forEach(({ first, weights }, column) => {
        const start = row * plane.columns + first;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i] * plane.data[start + i];
        between.data[row * between.columns + column] = sum;
      });
    }
    const result = zeros(rowBands.length, columnBands.length, Float32Array);
    const line = new Float64Array(result.columns);
    rowBands.forEach(({ first, weights }, row) => {
      line.fill(0);
      weights.forEach((weight, i) => {
        const start = (first + i) * between.columns;
        for (let column = 0; column < line.length; column++) line[column] += weight * between.data[start + column];
      });
      result.data.set(line, row * result.columns);
    });
    return result;
  }

  /** Return the bands that resize an axis of `old` pixels to `size`, with the `count` that each sum is divided by. */
  function bands(old, size, antiAliasing) {
    const kernel = antiAliasing && size < old ? gaussian((old / size - 1) / 2) : [1];
    const tail = (kernel.length - 1) / 2;
    return Array.from({ length: size }, (_, i) => {
      const start = Math.floor((i * old) / size);
      const end = Math.ceil(((i + 1) * old) / size);
      const first = Math.max(0, start - tail);
      const last = Math.min(old, end + tail); // outside the image is 0
      const weights = new Array(last - first).fill(0);
      for (let source = start; source < end; source++) {
        for (let offset = -tail; offset <= tail; offset++) {
          const place = source + offset;
          if (place >= 0 && place < old) weights[place - first] += kernel[offset + tail];
        }
      }
      return { first, weights, count: end - start };
    });
  }

  /** Return the kernel of a Gaussian: for each pixel its integral over the pixel. */
  function gaussian(sigma) {
    const tail = Math.floor(Math.max(sigma * TRUNCATED, 0.5) + 0.5);
    const edge = (x) => 0.5 * erf((x - 0.5) / (sigma * Math.SQRT2));
    return Array.from({ length: 2 * tail + 1 }, (_, i) => edge(i - tail + 1) - edge(i - tail));
  }

  /** Return the error function, by a series whose terms are all positive (Abramowitz and Stegun 7.1.6). */
  function erf(x) {
    if (Math.abs(x) > 6) return Math.sign(x);
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }

  /**
   * Reduce as OpenCV's INTER_AREA does: pixels on the border of two count to both by their shares.
   *
   * @param {Plane} plane
   * @param {number} rows, columns size of the result.
   * @param {number} rowStep, columnStep size of its pixels in pixels of the plane.
   */
  function reduce(plane, rows, columns, rowStep = plane.rows / rows, columnStep = plane.columns / columns) {
    if (plane.rows === rows && plane.columns === columns) return plane;
    const axis = (old, size, step) =>
      Array.from({ length: size }, (_, i) => {
        const start = i * step;
        const end = Math.min(start + step, old);
        const first = Math.min(Math.floor(start), old - 1);
        const weights = [];
        for (let place = first; place < end; place++) {
          const share = Math.min(place + 1, end) - Math.max(place, start);
          weights.push(share > 1e-3 ? share / (end - start) : 0); // OpenCV leaves out what is less
        }
        return { first, weights };
      });
    return applyBands(plane, axis(plane.rows, rows, rowStep), axis(plane.columns, columns, columnStep));
  }

  /** Enlarge to a size as OpenCV's INTER_LINEAR does. */
  function enlarge(plane, rows, columns) {
    const axis = (old, size) =>
      Array.from({ length: size }, (_, i) => {
        const place = Math.min(Math.max(((i + 0.5) * old) / size - 0.5, 0), old - 1);
        const first = Math.floor(place);
        return { first, weights: first === old - 1 ? [1] : [first + 1 - place, place - first] };
      });
    return applyBands(plane, axis(plane.rows, rows), axis(plane.columns, columns));
  }

  modules.resampling = { resize, reduce, enlarge };
})((globalThis.lightbtseg ??= {}));
