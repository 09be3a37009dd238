// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Convert colours to grey levels as Pillow does. */
(function (modules) {
  const { zeros } = modules.arrays;

  /** Return the grey level, 0 to 255, of red, green and blue from 0 to 255. */
  function greyOf(red, green, blue) {
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }

  /**
   * Return the grey levels of colours that lie one after the other, with `step` bytes from pixel to pixel and `apart`
   * bytes from red to green to blue.
   */
  function colourPlane(bytes, rows, columns, step, apart = 1) {
    const plane = zeros(rows, columns, Float32Array);
    for (let i = 0, place = 0; i < plane.data.length; i++, place += step) {
      plane.data[i] = greyOf(bytes[place], bytes[place + apart], bytes[place + 2 * apart]);
    }
    return plane;
  }

  modules.grey = { greyOf, colourPlane };
})((globalThis.lightbtseg ??= {}));
