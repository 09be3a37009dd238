// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Contours of masks. */
(function (modules) {
  // The eight neighbours of a pixel in order; y points down.
  const STEPS = [
    [1, 0],
    [1, 1],
    [0, 1],
    [-1, 1],
    [-1, 0],
    [-1, -1],
    [0, -1],
    [1, -1],
  ];

  /**
   * Return the outer border of the only component of a mask as pixels [x, y] in order (8-connectivity).
   *
   * The border is followed by Moore's method until it enters the first pixel as it did at first.
   */
  function outerBorder(mask) {
    const { rows, columns, data } = mask;
    const inside = ([x, y]) => x >= 0 && y >= 0 && x < columns && y < rows && data[y * columns + x] !== 0;
    const start = data.findIndex(Boolean);
    const first = [start % columns, Math.floor(start / columns)];
    const border = [];
    let point = first;
    let direction = 4; // of the neighbour that the search begins after: nothing is to the left of the first pixel
    let firstDirection = null;
    while (true) {
      let next = null;
      for (let turn = 1; turn <= 8; turn++) {
        const way = (direction + turn) % 8;
        const neighbour = [point[0] + STEPS[way][0], point[1] + STEPS[way][1]];
        if (inside(neighbour)) {
          next = { way, neighbour };
          break;
        }
      }
      if (!next) return [first]; // a single pixel
      if (point[0] === first[0] && point[1] === first[1]) {
        if (next.way === firstDirection) return border;
        firstDirection ??= next.way;
      }
      border.push(point);
      point = next.neighbour;
      direction = (next.way + 4) % 8; // from there, the pixel that it came from
    }
  }

  /** Return the edges between the pixels of a mask and those outside as an SVG path. */
  function edgePath(mask) {
    const { rows, columns, data } = mask;
    const at = (x, y) => x >= 0 && y >= 0 && x < columns && y < rows && data[y * columns + x] !== 0;
    const lines = [];
    for (let y = 0; y <= rows; y++) {
      for (let x = 0; x < columns; x++) {
        const start = x;
        while (x < columns && at(x, y - 1) !== at(x, y)) x++;
        if (x > start) lines.push(`M${start} ${y}H${x}`);
      }
    }
    for (let x = 0; x <= columns; x++) {
      for (let y = 0; y < rows; y++) {
        const start = y;
        while (y < rows && at(x - 1, y) !== at(x, y)) y++;
        if (y > start) lines.push(`M${x} ${start}V${y}`);
      }
    }
    return lines.join("");
  }

  modules.contour = { outerBorder, edgePath };
})((globalThis.lightbtseg ??= {}));
