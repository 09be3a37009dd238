// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Convex hulls of points with whole coordinates. */
(function (modules) {
  const { zeros } = modules.arrays;

  /**
   * Return the corners of the hull of points [x, y], without points on its edges (Andrew's monotone chain).
   *
   * They are in the order of OpenCV's convexHull, clockwise from the rightmost, so that the same one is found of two
   * diameters of equal length.
   */
  function convexHull(points) {
    const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const chain = (ordered) => {
      const hull = [];
      for (const point of ordered) {
        while (hull.length > 1 && turn(hull.at(-2), hull.at(-1), point) <= 0) hull.pop();
        hull.push(point);
      }
      hull.pop(); // it begins the other chain
      return hull;
    };
    const hull = [...chain(sorted.toReversed()), ...chain(sorted)];
    return hull.length ? hull : sorted.slice(0, 1);
  }

  function turn(a, b, c) {
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  }

  /** Return the mask of a convex polygon with corners [x, y], edges included, as OpenCV's fillConvexPoly draws it. */
  function fillConvex(corners, rows, columns) {
    const first = new Float64Array(rows).fill(Infinity);
    const last = new Float64Array(rows).fill(-Infinity);
    const include = (x, y) => {
      first[y] = Math.min(first[y], x);
      last[y] = Math.max(last[y], x);
    };
    corners.forEach((corner, i) => {
      const [start, end] = [corner, corners[(i + 1) % corners.length]].sort((a, b) => a[0] - b[0]);
      const [width, height] = [end[0] - start[0], end[1] - start[1]];
      const steps = Math.max(width, Math.abs(height), 1);
      for (let step = 0; step <= steps; step++) {
        // A line goes from left to right and leaves its row or column as late as it can.
        include(start[0] + late((step * width) / steps), start[1] + late((step * height) / steps));
      }
      for (let step = 0; step <= Math.abs(height); step++) {
        const y = start[1] + step * Math.sign(height);
        include(Math.floor(start[0] + (step * width) / Math.max(1, Math.abs(height)) + 0.5), y);
      }
    });
    const mask = zeros(rows, columns, Uint8Array);
    for (let y = 0; y < rows; y++) {
      if (first[y] <= last[y]) mask.data.fill(1, y * columns + first[y], y * columns + last[y] + 1);
    }
    return mask;
  }

  /** Round, halves towards 0. */
  function late(value) {
    return Math.sign(value) * Math.ceil(Math.abs(value) - 0.5);
  }

  modules.convexHull = { convexHull, fillConvex };
})((globalThis.lightbtseg ??= {}));
