// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Find the pixel spacing and the ultrasound regions of a DICOM image, as dicom_spacing.py and dicom_regions.py do. */
(function (modules) {
  const { textNumbers, number, float } = modules.dicomElements;
  const CENTIMETRES = 3;
  const TWO_DIMENSIONAL = 1;
  const TISSUE = 1;
  const IMAGES = [TISSUE, 2, 15]; // colour flow and backscatter; others are curves and scales
  const LOW_PRIORITY = 1;
  const TOLERANCE = 1; // pixels outside the image: some scanners write the end of a region as exclusive
  const PIXEL_SPACING = 0x00280030;

  /** Return `spacing` of the whole image, [height, width] in millimetres or null, and `spacingFrom`, its source. */
  function imageSpacing(elements) {
    const found = candidates(elements).map(([name, sizes]) => spacingOf(name, sizes));
    const first = found.find(({ spacing }) => spacing) ?? found[0];
    return first ?? { spacing: null, spacingFrom: "the DICOM file has none" };
  }

  /** Return name and values of each attribute with a pixel spacing, the most reliable first. */
  function candidates(elements) {
    const frames = (elements.get(0x52009230) ?? []).map(groupSpacing).filter((sizes) => sizes.length);
    const differ = new Set(frames.map(String)).size > 1;
    return [
      ["PixelSpacing", textNumbers(elements.get(PIXEL_SPACING))],
      ...(elements.get(0x52009229) ?? []).map((group) => ["PixelSpacing of all frames", groupSpacing(group)]),
      differ ? ["PixelSpacing, which differs between frames,", [NaN]] : ["PixelSpacing of each frame", frames[0] ?? []],
      ["NominalScannedPixelSpacing (of the scanned film; doubtful)", textNumbers(elements.get(0x00182010))],
    ].filter(([, sizes]) => sizes.length);
  }

  function groupSpacing(group) {
    return textNumbers(group.get(0x00289110)?.[0]?.get(PIXEL_SPACING));
  }

  function spacingOf(name, sizes, factor = 1) {
    if (sizes.length !== 2 || !sizes.every((size) => Number.isFinite(size) && size > 0)) {
      return { spacing: null, spacingFrom: `${name} is invalid` };
    }
    if (sizes[0] === 1 && sizes[1] === 1) {
      const reason = "is doubtful, many programs write it for an unknown size";
      return { spacing: null, spacingFrom: `exactly 1×1 in DICOM ${name} ${reason}` };
    }
    return { spacing: sizes.map((size) => size * factor), spacingFrom: `DICOM ${name}` };
  }

  /** Return the ultrasound regions that show tissue, at least one; see `tissue_regions` in Python. */
  function tissueRegions(elements, rows, columns) {
    const image = imageSpacing(elements);
    const whole = { top: 0, left: 0, bottom: rows, right: columns, isLowPriority: false };
    const found = [];
    for (const item of elements.get(0x00186011) ?? []) {
      const kind = number(item.get(0x00186014));
      if (number(item.get(0x00186012)) !== TWO_DIMENSIONAL || !IMAGES.includes(kind)) continue;
      const corners = [0x00186018, 0x0018601a, 0x0018601c, 0x0018601e].map((tag) => number(item.get(tag)));
      if (!corners.every(Number.isInteger)) continue;
      let [left, top, right, bottom] = corners;
      if (Math.min(top, left) < 0 || bottom >= rows + TOLERANCE || right >= columns + TOLERANCE) {
        const problem = "the ultrasound regions do not fit the image, which was cropped or resized";
        const spacingFrom = image.spacing ? `${image.spacingFrom} (${problem})` : problem;
        return [{ ...whole, spacing: image.spacing, spacingFrom }];
      }
      [bottom, right] = [Math.min(rows, bottom + 1), Math.min(columns, right + 1)];
      if (bottom - top < 2 || right - left < 2) continue;
      const own = regionSpacing(item);
      const { spacing, spacingFrom } = own.spacing || !image.spacing ? own : image;
      const isLowPriority = Boolean(number(item.get(0x00186016)) & LOW_PRIORITY);
      found.push({ top, left, bottom, right, spacing, spacingFrom, isLowPriority, kind });
    }
    const tissue = found.filter(({ kind }) => kind === TISSUE);
    const kept = found.filter((region) => region.kind === TISSUE || !tissue.some((each) => liesOn(region, each)));
    return kept.length ? kept : [{ ...whole, ...image }];
  }

  function regionSpacing(item) {
    const units = [0x00186024, 0x00186026].map((tag) => number(item.get(tag)));
    if (units.some((unit) => unit !== CENTIMETRES)) {
      return { spacing: null, spacingFrom: "the ultrasound region is not in centimetres" };
    }
    const deltas = [0x0018602e, 0x0018602c].map((tag) => Math.abs(float(item.get(tag)))); // the sign is a direction
    return spacingOf("PhysicalDelta", deltas, 10);
  }

  /** Return whether a region, such as a colour flow box, lies mostly on a tissue region and has its pixel spacing. */
  function liesOn(region, tissue) {
    const height = Math.min(region.bottom, tissue.bottom) - Math.max(region.top, tissue.top);
    const width = Math.min(region.right, tissue.right) - Math.max(region.left, tissue.left);
    const area = (region.bottom - region.top) * (region.right - region.left);
    const overlaps = Math.min(height, width) > 0 && 2 * height * width > area;
    if (!region.spacing || !tissue.spacing) return overlaps;
    const isClose = (a, b) => Math.abs(a - b) <= 0.01 * Math.max(a, b);
    return overlaps && region.spacing.every((size, axis) => isClose(size, tissue.spacing[axis]));
  }

  modules.dicomSpacing = { tissueRegions };
})((globalThis.lightbtseg ??= {}));
