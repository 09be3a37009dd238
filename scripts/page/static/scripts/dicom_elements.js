// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Read the elements of an uncompressed little endian DICOM file (DICOM PS3.5, chapter 7). */
(function (modules) {
  const { ReadingError } = modules.readingError;
  const LONG = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]; // 32-bit lengths
  const UNDEFINED = 0xffffffff;
  const ITEM = 0xfffee000;
  const ITEM_END = 0xfffee00d;
  const SEQUENCE_END = 0xfffee0dd;
  const META = 2; // group
  const IMPLICIT = "1.2.840.10008.1.2";
  const EXPLICIT = "1.2.840.10008.1.2.1";
  const TRUNCATED = "The DICOM file is truncated or damaged.";
  const DEEPEST = 16; // sequences in sequences; files have two or three
  // The sequences that are looked into; in implicit files nothing else tells that they are some.
  const SEQUENCES = [0x00186011, 0x00289110, 0x52009229, 0x52009230];

  /** Return whether bytes begin as a DICOM file does, with or without a preamble. */
  function isDicom(bytes) {
    const text = String.fromCharCode(...bytes.subarray(0, 132));
    const bare = /^(\x02\0[\0-\x02]\0(UL|OB)|\x08\0[\0-\x18]\0([A-Z]{2}|[^][\0-\x01]\0\0)|\0\x08\0[\0-\x18][A-Z]{2})/;
    return text.slice(128) === "DICM" || bare.test(text);
  }

  /**
   * Return the elements by their tag; those of a sequence are a list of such maps.
   *
   * @param {Uint8Array} bytes
   * @returns {{syntax: string, elements: Map<number, DataView | Map[]>}} for a transfer syntax that cannot be read,
   *   the elements are empty.
   */
  function readElements(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader = { view, place: bytes[128] === 0x44 && bytes[131] === 0x4d ? 132 : 0 };
    try {
      const meta = new Map();
      while (view.getUint16(reader.place, true) === META) readElement(reader, true, meta, 0);
      let syntax = text(meta.get(0x00020010));
      if (!syntax) {
        if (view.getUint16(reader.place, true) === 0x0800)
          syntax = "1.2.840.10008.1.2.2"; // big endian
        else syntax = /^[A-Z]{2}$/.test(letters(view, reader.place + 4)) ? EXPLICIT : IMPLICIT;
      }
      const elements = new Map();
      if (syntax === IMPLICIT || syntax === EXPLICIT) {
        while (reader.place < view.byteLength) readElement(reader, syntax === EXPLICIT, elements, 0);
      }
      return { syntax, elements };
    } catch (error) {
      if (error instanceof RangeError) throw new ReadingError(TRUNCATED);
      throw error;
    }
  }

  /** Read one element into `elements`; return its tag. */
  function readElement(reader, explicit, elements, depth) {
    const { view } = reader;
    const tag = view.getUint16(reader.place, true) * 0x10000 + view.getUint16(reader.place + 2, true);
    let kind = "";
    let length;
    if (!explicit || tag >= ITEM) {
      length = view.getUint32(reader.place + 4, true);
      reader.place += 8;
    } else {
      kind = letters(view, reader.place + 4);
      if (!/^[A-Z]{2}$/.test(kind)) throw new ReadingError(TRUNCATED);
      const isLong = LONG.includes(kind);
      length = isLong ? view.getUint32(reader.place + 8, true) : view.getUint16(reader.place + 6, true);
      reader.place += isLong ? 12 : 8;
    }
    if (tag === ITEM_END || tag === SEQUENCE_END) return tag;
    if (length === UNDEFINED || kind === "SQ" || SEQUENCES.includes(tag)) {
      // An unknown sequence is implicit, whatever the file is (DICOM PS3.5, 6.2.2).
      elements.set(tag, readItems(reader, length, explicit && kind !== "UN", depth + 1));
    } else {
      const end = Math.min(reader.place + length, view.byteLength); // pixels may be truncated; others are checked
      if (end < reader.place + length && tag !== modules.dicomElements.PIXELS) throw new ReadingError(TRUNCATED);
      elements.set(tag, new DataView(view.buffer, view.byteOffset + reader.place, end - reader.place));
      reader.place = end;
    }
    return tag;
  }

  function readItems(reader, length, explicit, depth) {
    if (depth > DEEPEST) throw new ReadingError(TRUNCATED);
    const items = [];
    const end = length === UNDEFINED ? Infinity : reader.place + length;
    while (reader.place < end) {
      const tag = reader.view.getUint16(reader.place, true) * 0x10000 + reader.view.getUint16(reader.place + 2, true);
      const size = reader.view.getUint32(reader.place + 4, true);
      reader.place += 8;
      if (tag === SEQUENCE_END) break;
      if (tag !== ITEM) throw new ReadingError(TRUNCATED);
      const item = new Map();
      const itemEnd = size === UNDEFINED ? Infinity : reader.place + size;
      while (reader.place < itemEnd && readElement(reader, explicit, item, depth) !== ITEM_END);
      items.push(item);
    }
    return items;
  }

  function letters(view, place) {
    return String.fromCharCode(view.getUint8(place), view.getUint8(place + 1));
  }

  /** Return the text of an element, empty if it is missing. */
  function text(element) {
    if (!(element instanceof DataView)) return "";
    const bytes = new Uint8Array(element.buffer, element.byteOffset, element.byteLength);
    return new TextDecoder("latin1")
      .decode(bytes)
      .replace(/[\0 ]+$/, "")
      .trimStart();
  }

  /** Return the numbers of an element stored as text; NaN for what is no number. */
  function textNumbers(element) {
    const words = text(element);
    return words ? words.split("\\").map((word) => (word.trim() ? Number(word) : NaN)) : [];
  }

  /** Return the number of an element of 16 or 32 bits, NaN if it is missing. */
  function number(element) {
    if (!(element instanceof DataView)) return NaN;
    if (element.byteLength === 2) return element.getUint16(0, true);
    return element.byteLength === 4 ? element.getUint32(0, true) : NaN;
  }

  /** Return the number of an element of 64-bit floating point, NaN if it is missing. */
  function float(element) {
    return element instanceof DataView && element.byteLength === 8 ? element.getFloat64(0, true) : NaN;
  }

  modules.dicomElements = {
    isDicom,
    readElements,
    text,
    textNumbers,
    number,
    float,
    IMPLICIT,
    EXPLICIT,
    PIXELS: 0x7fe00010,
  };
})((globalThis.lightbtseg ??= {}));
