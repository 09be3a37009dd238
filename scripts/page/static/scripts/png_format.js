// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** What readers and writers of PNG share (PNG specification, chapter 5). */
(function (modules) {
  const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });

  /** Return the CRC-32 of bytes. */
  function checksum(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    return (crc ^ 0xffffffff) >>> 0;
  }

  modules.pngFormat = { SIGNATURE, GREY: 0, checksum };
})((globalThis.lightbtseg ??= {}));
