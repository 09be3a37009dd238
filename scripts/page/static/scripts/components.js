// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Connected components of a mask (8-connectivity). */
(function (modules) {
  const { zeros, map } = modules.arrays;

  /**
   * Number the components in the order of their first pixels, as OpenCV's connectedComponentsWithStats does.
   *
   * @param {Plane} mask component where not 0.
   * @returns {{labels: Plane, components: object[]}} the number of each pixel's component, 0 outside, and for each
   *   component its `label`, `size`, box (`top`, `left`, `bottom`, `right`, exclusive) and centre (`row`, `column`).
   */
  function connectedComponents(mask) {
    const { rows, columns } = mask;
    const labels = zeros(rows, columns, Int32Array);
    const components = [];
    const pending = new Int32Array(rows * columns);
    for (let seed = 0; seed < mask.data.length; seed++) {
      if (!mask.data[seed] || labels.data[seed]) continue;
      const label = components.length + 1;
      const found = { label, size: 0, top: rows, left: columns, bottom: 0, right: 0, row: 0, column: 0 };
      let count = 0;
      pending[count++] = seed;
      labels.data[seed] = label;
      while (count) {
        const place = pending[--count];
        const row = Math.floor(place / columns);
        const column = place % columns;
        found.size++;
        found.row += row;
        found.column += column;
        found.top = Math.min(found.top, row);
        found.left = Math.min(found.left, column);
        found.bottom = Math.max(found.bottom, row + 1);
        found.right = Math.max(found.right, column + 1);
        for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
          for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
            const near = y * columns + x;
            if (mask.data[near] && !labels.data[near]) {
              labels.data[near] = label;
              pending[count++] = near;
            }
          }
        }
      }
      found.row /= found.size;
      found.column /= found.size;
      components.push(found);
    }
    return { labels, components };
  }

  /** Return the mask of the components for which `keep(component)` is true. */
  function select({ labels, components }, keep) {
    const kept = [0, ...components.map((component) => Number(keep(component)))];
    return map(labels, Uint8Array, (label) => kept[label]);
  }

  /** Fill the holes of a mask: areas of its background that do not reach the border of the image (4-connectivity). */
  function fillHoles(mask) {
    const { rows, columns } = mask;
    const outside = new Uint8Array(mask.data.length);
    const pending = [];
    const visit = (row, column) => {
      const place = row * columns + column;
      if (row < 0 || column < 0 || row >= rows || column >= columns || mask.data[place] || outside[place]) return;
      outside[place] = 1;
      pending.push(place);
    };
    for (let row = 0; row < rows; row++) [0, columns - 1].forEach((column) => visit(row, column));
    for (let column = 0; column < columns; column++) [0, rows - 1].forEach((row) => visit(row, column));
    while (pending.length) {
      const place = pending.pop();
      const row = Math.floor(place / columns);
      const column = place % columns;
      visit(row - 1, column);
      visit(row + 1, column);
      visit(row, column - 1);
      visit(row, column + 1);
    }
    return { rows, columns, data: outside.map((value) => 1 - value) };
  }

  modules.components = { connectedComponents, select, fillHoles };
})((globalThis.lightbtseg ??= {}));
