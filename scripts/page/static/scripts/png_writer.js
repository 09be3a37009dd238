// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Write masks as PNG. */
(function (modules) {
  const { SIGNATURE, GREY, checksum } = modules.pngFormat;

  /** Return a mask as a PNG file: 8-bit grey, 0 and 255. */
  async function writePng({ rows, columns, data }) {
    const lines = new Uint8Array(rows * (columns + 1));
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        lines[row * (columns + 1) + column + 1] = data[row * columns + column] ? 255 : 0;
      }
    }
    const stream = new Blob([lines]).stream().pipeThrough(new CompressionStream("deflate"));
    const header = new DataView(new ArrayBuffer(13));
    header.setUint32(0, columns);
    header.setUint32(4, rows);
    header.setUint8(8, 8); // bits
    header.setUint8(9, GREY);
    const chunks = [
      chunk("IHDR", new Uint8Array(header.buffer)),
      chunk("IDAT", new Uint8Array(await new Response(stream).arrayBuffer())),
      chunk("IEND", new Uint8Array()),
    ];
    return new Blob([new Uint8Array(SIGNATURE), ...chunks], { type: "image/png" });
  }

  function chunk(type, content) {
    const bytes = new Uint8Array(content.length + 12);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, content.length);
    bytes.set(
      [...type].map((character) => character.charCodeAt(0)),
      4,
    );
    bytes.set(content, 8);
    view.setUint32(8 + content.length, checksum(bytes.subarray(4, 8 + content.length)));
    return bytes;
  }

  modules.pngWriter = { writePng };
})((globalThis.lightbtseg ??= {}));
