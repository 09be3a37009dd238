// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/**
 * Two-dimensional arrays, which all modules share: `data` has the rows one after the other.
 *
 * @typedef {{rows: number, columns: number, data: Float32Array | Uint8Array | Int32Array}} Plane
 */
(function (modules) {
  const zeros = (rows, columns, Type) => ({ rows, columns, data: new Type(rows * columns) });

  /** Return the part of a plane in a box {top, left, bottom, right}; bottom and right are exclusive. */
  function crop(plane, { top, left, bottom, right }) {
    const part = zeros(bottom - top, right - left, plane.data.constructor);
    for (let row = 0; row < part.rows; row++) {
      const start = (top + row) * plane.columns + left;
      part.data.set(plane.data.subarray(start, start + part.columns), row * part.columns);
    }
    return part;
  }

  function transpose(plane) {
    const turned = zeros(plane.columns, plane.rows, plane.data.constructor);
    for (let row = 0; row < plane.rows; row++) {
      for (let column = 0; column < plane.columns; column++) {
        turned.data[column * plane.rows + row] = plane.data[row * plane.columns + column];
      }
    }
    return turned;
  }

  /** Return a plane of another type, with each value changed; much faster than `Type.from`. */
  function map({ rows, columns, data }, Type, change) {
    const result = zeros(rows, columns, Type);
    for (let i = 0; i < data.length; i++) result.data[i] = change(data[i]);
    return result;
  }

  /** Return the smallest and the largest value. */
  function range(plane) {
    let low = Infinity;
    let high = -Infinity;
    const { data } = plane;
    for (let i = 0; i < data.length; i++) {
      if (data[i] < low) low = data[i];
      if (data[i] > high) high = data[i];
    }
    return [low, high];
  }

  /** Round as Python and OpenCV do: halves to the even number. */
  function round(value) {
    const floor = Math.floor(value);
    const rest = value - floor;
    if (rest !== 0.5) return Math.round(value);
    return floor % 2 === 0 ? floor : floor + 1;
  }

  modules.arrays = { zeros, crop, transpose, map, range, round };
})((globalThis.lightbtseg ??= {}));
