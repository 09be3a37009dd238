// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Segment and measure an image region by region, as scripts/prediction/regions.py does. */
(function (modules) {
  const { zeros, crop, range, round } = modules.arrays;
  const { connectedComponents, select } = modules.components;
  const { fieldOfView } = modules.fieldOfView;
  const { measure } = modules.measurements;
  const { reduce, enlarge } = modules.resampling;

  const LARGEST = 2048; // as in regions.py

  const area = (region) => (region.bottom - region.top) * (region.right - region.left);

  /** Sort regions so that overlapping pixels belong to the first: high priority first, then the smaller ones. */
  function byPrecedence(regions) {
    return [...regions].sort((a, b) => a.isLowPriority - b.isLowPriority || area(a) - area(b));
  }

  /**
   * Return the lesion probability of each pixel, 0 outside the field of view.
   *
   * @param {Plane} grey
   * @param {object[]} regions boxes with `spacing` ([height, width] in millimetres or null), `spacingFrom`,
   *   `isLowPriority`.
   * @param {(grey: Plane) => Promise<Plane>} segment
   */
  async function lesionProbability(grey, regions, segment) {
    const probability = zeros(grey.rows, grey.columns, Float32Array);
    for (const region of byPrecedence(regions).reverse()) {
      const part = crop(grey, region);
      const field = fieldOfView(part);
      const box = bounds(field);
      const view = crop(part, box);
      const [low, high] = range(view);
      const values = low < high ? await segmentReduced(view, segment) : zeros(view.rows, view.columns, Float32Array);
      for (let row = 0; row < part.rows; row++) {
        for (let column = 0; column < part.columns; column++) {
          let value = 0;
          if (field.data[row * part.columns + column]) {
            value = values.data[(row - box.top) * view.columns + column - box.left];
          }
          probability.data[(region.top + row) * grey.columns + region.left + column] = value;
        }
      }
    }
    return probability;
  }

  /** Return the probabilities of an image, by way of a smaller one if it has more than `LARGEST` pixels a side. */
  async function segmentReduced(view, segment) {
    const scale = LARGEST / Math.max(view.rows, view.columns);
    if (scale >= 1) return segment(view);
    const [rows, columns] = [view.rows, view.columns].map((side) => Math.max(1, round(scale * side)));
    return enlarge(await segment(reduce(view, rows, columns)), view.rows, view.columns);
  }

  /** Return the box of the pixels that are not 0. */
  function bounds(mask) {
    const box = { top: mask.rows, left: mask.columns, bottom: 0, right: 0 };
    mask.data.forEach((value, place) => {
      if (!value) return;
      const row = Math.floor(place / mask.columns);
      const column = place % mask.columns;
      box.top = Math.min(box.top, row);
      box.left = Math.min(box.left, column);
      box.bottom = Math.max(box.bottom, row + 1);
      box.right = Math.max(box.right, column + 1);
    });
    return box;
  }

  /**
   * Measure the lesions of an image whose regions may differ in pixel spacing.
   *
   * @returns {{measurements: object, region: object}} the region whose spacing is reported.
   */
  function measureLesions(mask, regions) {
    const parts = partsOf(mask, regions);
    const scales = new Set(parts.map(({ region }) => String(region.spacing)));
    if (scales.size <= 1) {
      const region = parts.length
        ? largest(parts, ({ part }) => part.data.reduce((a, b) => a + b, 0)).region
        : largest(regions, area);
      return { measurements: measure(mask, region.spacing), region };
    }
    const unknown = parts.find(({ region }) => region.spacing === null);
    if (unknown) return { measurements: measure(mask, null), region: unknown.region };
    const measured = parts.map(({ part, region }) => ({ measurements: measure(part, region.spacing), region }));
    const main = largest(measured, ({ measurements }) => measurements.area);
    const total = (name) => measured.reduce((sum, { measurements }) => sum + measurements[name], 0);
    const measurements = {
      ...main.measurements,
      components: total("components"),
      area: total("area"),
      boundingBox: measure(mask, null).boundingBox,
    };
    return { measurements, region: main.region };
  }

  function largest(items, size) {
    return items.reduce((best, each) => (size(each) > size(best) ? each : best));
  }

  /** Return the regions that have lesions, each with a mask of its lesions in the whole image. */
  function partsOf(mask, regions) {
    if (regions.length === 1) return mask.data.some(Boolean) ? [{ part: mask, region: regions[0] }] : [];
    const found = connectedComponents(mask);
    const parts = byPrecedence(regions).map((region) => ({
      region,
      part: zeros(mask.rows, mask.columns, Uint8Array),
    }));
    for (const component of found.components) {
      const lesion = select(found, ({ label }) => label === component.label);
      const holder = parts.find(
        ({ region }) =>
          region.top <= component.top &&
          region.left <= component.left &&
          component.bottom <= region.bottom &&
          component.right <= region.right,
      );
      if (holder) move(lesion, holder.part, { top: 0, left: 0, bottom: mask.rows, right: mask.columns });
      else parts.forEach(({ region, part }) => move(lesion, part, region));
    }
    return parts.filter(({ part }) => part.data.some(Boolean));
  }

  /** Move the pixels of a mask inside a box to another mask, because regions may overlap. */
  function move(from, to, { top, left, bottom, right }) {
    for (let row = top; row < bottom; row++) {
      for (let place = row * from.columns + left; place < row * from.columns + right; place++) {
        to.data[place] |= from.data[place];
        from.data[place] = 0;
      }
    }
  }

  modules.regions = { lesionProbability, measureLesions };
})((globalThis.lightbtseg ??= {}));
