// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Read an image file; its format is detected from the content, whatever its name. */
(function (modules) {
  const { ReadingError } = modules.readingError;
  const { isPng, readPng } = modules.pngReader;
  const { isJpeg, readJpeg } = modules.jpeg;
  const { isDicom, readDicom } = modules.dicom;
  const MAX_PIXELS = 64_000_000; // as in Python

  /**
   * @param {Uint8Array} bytes
   * @returns {Promise<{grey: Plane, regions: object[], identifiers: object}>}
   * @throws {ReadingError} with one sentence for the user.
   */
  async function readImage(bytes) {
    if (!bytes.length) throw new ReadingError("The file is empty.");
    if (isDicom(bytes)) return readDicom(bytes, checkSize);
    let grey;
    if (isPng(bytes)) grey = await readPng(bytes, checkSize);
    else if (isJpeg(bytes)) grey = await readJpeg(bytes, checkSize);
    else throw new ReadingError("The file is not a PNG, JPEG or DICOM image.");
    const whole = { top: 0, left: 0, bottom: grey.rows, right: grey.columns, isLowPriority: false };
    const spacingFrom = "the file format has none";
    return { grey, regions: [{ ...whole, spacing: null, spacingFrom }], identifiers: {} };
  }

  function checkSize(rows, columns) {
    if (rows < 1 || columns < 1 || rows * columns > MAX_PIXELS) {
      const limit = MAX_PIXELS.toLocaleString("en");
      throw new ReadingError(`The image has ${rows}×${columns} pixels; it must have 1 to ${limit}.`);
    }
  }

  modules.imageFile = { readImage };
})((globalThis.lightbtseg ??= {}));
