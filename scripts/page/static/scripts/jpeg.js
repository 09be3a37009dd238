// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Read JPEG with the browser's decoder. */
(function (modules) {
  const { colourPlane } = modules.grey;
  const { ReadingError } = modules.readingError;
  const START_OF_IMAGE = 0xd8;
  const END_OF_IMAGE = 0xd9;
  const FRAMES = [0xc0, 0xc1, 0xc2]; // baseline, extended and progressive: what browsers decode
  const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

  const isJpeg = (bytes) => bytes[0] === 0xff && bytes[1] === START_OF_IMAGE && bytes[2] === 0xff;

  /**
   * Return the grey levels of a JPEG file, turned by its EXIF orientation.
   *
   * @param {Uint8Array} bytes
   * @param {(rows: number, columns: number) => void} checkSize called before anything is decoded.
   */
  async function readJpeg(bytes, checkSize) {
    checkSize(...checkedSize(bytes));
    let bitmap;
    try {
      bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
    } catch {
      throw new ReadingError("The JPEG file is damaged, or of a kind that this browser cannot read.");
    }
    const pixels = read(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
    return colourPlane(pixels.data, pixels.height, pixels.width, 4);
  }

  /** Return the size in the header; a decoder would show a truncated file, grey from where it ends. */
  function checkedSize(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let size = null;
    let place = 2;
    while (place + 2 <= bytes.length) {
      const marker = bytes[place] === 0xff ? bytes[place + 1] : null;
      if (marker === END_OF_IMAGE) break;
      if (OTHER_FRAMES.includes(marker))
        throw new ReadingError("The JPEG file is of a kind that browsers cannot read.");
      if (FRAMES.includes(marker) && place + 9 <= bytes.length) {
        size = [view.getUint16(place + 5), view.getUint16(place + 7)];
      }
      if (marker === null || marker === 0xff)
        place += 1; // encoded pixels, or filling
      else if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8))
        place += 2; // without content
      else place += 2 + (place + 4 <= bytes.length ? view.getUint16(place + 2) : 0);
    }
    const ends = bytes[place] === 0xff && bytes[place + 1] === END_OF_IMAGE;
    if (!size || !ends) throw new ReadingError("The JPEG file is truncated or damaged.");
    return size;
  }

  /** Draw on a canvas and read the pixels, unless the browser changes them against fingerprinting. */
  function read(source, width, height) {
    const canvas = new OffscreenCanvas(width, height + 1);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = "#123456";
    context.fillRect(0, height, width, 1);
    context.drawImage(source, 0, 0);
    const strip = context.getImageData(0, height, width, 1).data;
    const isChanged = strip.some((value, i) => value !== [0x12, 0x34, 0x56, 0xff][i % 4]);
    if (isChanged) {
      throw new ReadingError(
        "This browser changes the pixels of pictures to protect privacy; allow this page to read them, or use PNG.",
      );
    }
    return context.getImageData(0, 0, width, height);
  }

  modules.jpeg = { isJpeg, readJpeg };
})((globalThis.lightbtseg ??= {}));
