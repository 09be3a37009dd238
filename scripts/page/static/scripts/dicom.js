// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Read uncompressed DICOM ultrasound images of 8 bits, grey or RGB, as scripts/images/dicom_file.py does. */
(function (modules) {
  const { zeros } = modules.arrays;
  const { colourPlane } = modules.grey;
  const { ReadingError } = modules.readingError;
  const { isDicom, readElements, text, textNumbers, number, IMPLICIT, EXPLICIT, PIXELS } = modules.dicomElements;
  const { tissueRegions } = modules.dicomSpacing;
  const BIG_ENDIAN = "1.2.840.10008.1.2.2";
  const UIDS = {
    study_instance_uid: 0x0020000d,
    series_instance_uid: 0x0020000e,
    sop_instance_uid: 0x00080018,
  };

  /**
   * Return grey levels, regions and UIDs of a DICOM file.
   *
   * @param {Uint8Array} bytes
   * @param {(rows: number, columns: number) => void} checkSize called before anything is decoded.
   */
  function readDicom(bytes, checkSize) {
    const { syntax, elements } = readElements(bytes);
    if (syntax !== IMPLICIT && syntax !== EXPLICIT) {
      const kind = syntax === BIG_ENDIAN ? "is big endian" : "is compressed";
      throw new ReadingError(`The DICOM file ${kind}; this page reads uncompressed little endian files only.`);
    }
    const modality = text(elements.get(0x00080060));
    if (modality !== "US") {
      throw new ReadingError(`The DICOM file has the modality ${modality || "none"}; it must be US (ultrasound).`);
    }
    const [rows, columns] = [0x00280010, 0x00280011].map((tag) => number(elements.get(tag)));
    if (!elements.has(PIXELS) || !(rows > 0) || !(columns > 0)) {
      throw new ReadingError("The DICOM file has no image.");
    }
    const [frames = 1] = textNumbers(elements.get(0x00280008));
    if (frames !== 1) {
      throw new ReadingError(`The DICOM file is a clip of ${frames} frames; this page reads single images.`);
    }
    checkSize(rows, columns);
    return {
      grey: greyPlane(elements, rows, columns),
      regions: tissueRegions(elements, rows, columns),
      identifiers: Object.fromEntries(Object.entries(UIDS).map(([name, tag]) => [name, text(elements.get(tag))])),
    };
  }

  function greyPlane(elements, rows, columns) {
    const interpretation = text(elements.get(0x00280004));
    const samples = number(elements.get(0x00280002)) || 1;
    const bits = number(elements.get(0x00280100));
    const isGrey = ["MONOCHROME1", "MONOCHROME2"].includes(interpretation) && samples === 1;
    if (!isGrey && !(interpretation === "RGB" && samples === 3)) {
      throw new ReadingError(
        `The DICOM file has pixels of the kind ${interpretation || "none"}; this page reads grey and RGB.`,
      );
    }
    if (bits !== 8 || number(elements.get(0x00280103)) === 1) {
      throw new ReadingError(
        `The DICOM file has ${bits} bits${bits === 8 ? " with a sign" : ""}; this page reads 8 bits without a sign.`,
      );
    }
    if (elements.has(0x00283000)) {
      throw new ReadingError("The DICOM file has a lookup table for its grey levels, which this page cannot apply.");
    }
    const view = elements.get(PIXELS);
    if (!(view instanceof DataView) || view.byteLength < rows * columns * samples) {
      throw new ReadingError("The DICOM file is truncated: it has less pixels than its header says.");
    }
    const pixels = new Uint8Array(view.buffer, view.byteOffset, rows * columns * samples);
    if (!isGrey) {
      const isByColour = number(elements.get(0x00280006)) === 1; // all red, then all green, then all blue
      return isByColour
        ? colourPlane(pixels, rows, columns, 1, rows * columns)
        : colourPlane(pixels, rows, columns, samples);
    }
    const plane = zeros(rows, columns, Float32Array);
    const highest = interpretation === "MONOCHROME1" ? pixels.reduce((a, b) => Math.max(a, b)) : null; // 0 is white
    const [[intercept], [slope]] = [0x00281052, 0x00281053].map((tag) => textNumbers(elements.get(tag)));
    const isRescaled = intercept !== undefined && slope !== undefined;
    pixels.forEach((pixel, i) => {
      const value = highest === null ? pixel : highest - pixel;
      plane.data[i] = isRescaled ? value * slope + intercept : value;
    });
    return plane;
  }

  modules.dicom = { isDicom, readDicom };
})((globalThis.lightbtseg ??= {}));
