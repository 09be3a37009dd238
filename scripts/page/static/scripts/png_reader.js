// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/**
 * Read PNG to the grey levels that Pillow reads.
 *
 * Browsers decode PNG too, but reduce 16 bits to 8, multiply colours by alpha, and show what is left of a damaged file.
 */
(function (modules) {
  const { zeros } = modules.arrays;
  const { greyOf } = modules.grey;
  const { SIGNATURE, GREY, checksum } = modules.pngFormat;
  const { ReadingError } = modules.readingError;
  const RGB = 2;
  const PALETTE = 3;
  const GREY_ALPHA = 4;
  const CHANNELS = { [GREY]: 1, [RGB]: 3, [PALETTE]: 1, [GREY_ALPHA]: 2, 6: 4 };
  const DEPTHS = [1, 2, 4, 8, 16];
  const WHOLE = [[0, 0, 1, 1]];
  // The passes of an interlaced image: first column, first row, and steps.
  const PASSES = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  const ORIENTATION = 0x0112; // EXIF tag
  const DAMAGED = "The PNG file is damaged.";

  const isPng = (bytes) => SIGNATURE.every((value, i) => bytes[i] === value);

  /**
   * Return the grey levels of a PNG file.
   *
   * @param {Uint8Array} bytes
   * @param {(rows: number, columns: number) => void} checkSize called before anything is decoded.
   */
  async function readPng(bytes, checkSize) {
    const chunks = readChunks(bytes);
    const header = chunks.find(({ type }) => type === "IHDR")?.view;
    if (header?.byteLength !== 13) throw new ReadingError(DAMAGED);
    const [columns, rows] = [header.getUint32(0), header.getUint32(4)];
    const [depth, colour, , , interlaced] = [8, 9, 10, 11, 12].map((place) => header.getUint8(place));
    if (!(colour in CHANNELS) || !DEPTHS.includes(depth) || interlaced > 1) throw new ReadingError(DAMAGED);
    checkSize(rows, columns);
    if (chunks.some(({ type }) => type === "acTL")) {
      throw new ReadingError("The PNG file is animated; this page reads single images.");
    }
    if (chunks.some(({ type, view }) => type === "eXIf" && isTurned(view))) {
      throw new ReadingError("The PNG file is turned by its EXIF orientation; save it upright.");
    }
    const palette = chunks.find(({ type }) => type === "PLTE")?.view;
    if (colour === PALETTE && !palette) throw new ReadingError(DAMAGED);
    const lines = await inflate(chunks.filter(({ type }) => type === "IDAT").map(({ view }) => view));
    const plane = zeros(rows, columns, Float32Array);
    const toGrey = greyReader(colour, depth, palette);
    const bits = depth * CHANNELS[colour];
    let start = 0;
    for (const [left, top, stepX, stepY] of interlaced ? PASSES : WHOLE) {
      const width = Math.ceil((columns - left) / stepX);
      const height = Math.ceil((rows - top) / stepY);
      if (width < 1 || height < 1) continue;
      const length = Math.ceil((width * bits) / 8);
      if (start + height * (length + 1) > lines.length) throw new ReadingError(DAMAGED);
      unfilter(lines, start, height, length, Math.max(1, bits / 8));
      for (let y = 0; y < height; y++) {
        const line = lines.subarray(start + y * (length + 1) + 1, start + (y + 1) * (length + 1));
        for (let x = 0; x < width; x++) {
          plane.data[(top + y * stepY) * columns + left + x * stepX] = toGrey(line, x);
        }
      }
      start += height * (length + 1);
    }
    return plane;
  }

  function readChunks(bytes) {
    const chunks = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let place = SIGNATURE.length; chunks.at(-1)?.type !== "IEND";) {
      if (place + 12 > bytes.length) throw new ReadingError("The PNG file is truncated.");
      const length = view.getUint32(place);
      const end = place + 8 + length;
      if (end + 4 > bytes.length) throw new ReadingError("The PNG file is truncated.");
      if (checksum(bytes.subarray(place + 4, end)) !== view.getUint32(end)) throw new ReadingError(DAMAGED);
      const type = String.fromCharCode(...bytes.subarray(place + 4, place + 8));
      chunks.push({ type, view: new DataView(bytes.buffer, bytes.byteOffset + place + 8, length) });
      place = end + 4;
    }
    return chunks;
  }

  /** Return a function that gives the grey level of the pixel `x` of a line. */
  function greyReader(colour, depth, palette) {
    const bytes = depth / 8;
    if (depth < 8) {
      const perByte = 8 / depth;
      const largest = 2 ** depth - 1;
      const value = (line, x) => (line[Math.floor(x / perByte)] >> (8 - depth * (1 + (x % perByte)))) & largest;
      if (colour === GREY) return (line, x) => (value(line, x) * 255) / largest;
      return (line, x) => paletteGrey(palette, value(line, x));
    }
    if (colour === PALETTE) return (line, x) => paletteGrey(palette, line[x]);
    if (colour === GREY && depth === 16) return (line, x) => line[2 * x] * 256 + line[2 * x + 1];
    const step = CHANNELS[colour] * bytes; // of colours and alpha with 16 bits, Pillow takes the upper 8
    if (colour === GREY || colour === GREY_ALPHA) return (line, x) => line[x * step];
    return (line, x) => greyOf(line[x * step], line[x * step + bytes], line[x * step + 2 * bytes]);
  }

  function paletteGrey(palette, index) {
    if (3 * index + 2 >= palette.byteLength) return 0;
    return greyOf(...[0, 1, 2].map((channel) => palette.getUint8(3 * index + channel)));
  }

  /** Undo the filters of lines of `length` bytes, each after the byte that names its filter. */
  function unfilter(lines, start, height, length, step) {
    for (let y = 0; y < height; y++) {
      const here = start + y * (length + 1) + 1;
      const filter = lines[here - 1];
      if (filter > 4) throw new ReadingError(DAMAGED);
      for (let i = 0; i < length && filter; i++) {
        const left = i >= step ? lines[here + i - step] : 0;
        const up = y ? lines[here + i - length - 1] : 0;
        const corner = y && i >= step ? lines[here + i - length - 1 - step] : 0;
        if (filter === 1) lines[here + i] += left;
        else if (filter === 2) lines[here + i] += up;
        else if (filter === 3) lines[here + i] += (left + up) >> 1;
        else lines[here + i] += paeth(left, up, corner);
      }
    }
  }

  function paeth(left, up, corner) {
    const estimate = left + up - corner;
    const fromLeft = Math.abs(estimate - left);
    const fromUp = Math.abs(estimate - up);
    const fromCorner = Math.abs(estimate - corner);
    if (fromLeft <= fromUp && fromLeft <= fromCorner) return left;
    return fromUp <= fromCorner ? up : corner;
  }

  async function inflate(parts) {
    try {
      const stream = new Blob(parts).stream().pipeThrough(new DecompressionStream("deflate"));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    } catch {
      throw new ReadingError(DAMAGED);
    }
  }

  /** Return whether EXIF data has an orientation other than upright. */
  function isTurned(exif) {
    try {
      const little = exif.getUint16(0) === 0x4949;
      const directory = exif.getUint32(4, little);
      for (let i = 0; i < exif.getUint16(directory, little); i++) {
        const entry = directory + 2 + 12 * i;
        if (exif.getUint16(entry, little) === ORIENTATION) return exif.getUint16(entry + 8, little) > 1;
      }
    } catch {
      // damaged EXIF, which viewers ignore
    }
    return false;
  }

  modules.pngReader = { isPng, readPng };
})((globalThis.lightbtseg ??= {}));
