// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Segment and measure one image, as scripts/prediction/image_prediction.py does. */
(function (modules) {
  const { connectedComponents, select } = modules.components;
  const { lesionProbability, measureLesions } = modules.regions;
  const { correct, findLesions } = modules.lesions;

  /**
   * @param {{grey: Plane, regions: object[]}} image
   * @param {(grey: Plane) => Promise<Plane>} segment
   * @param {object} calibration
   * @returns {Promise<object>} what `findLesions` returns, with `measurements` and `region` of all lesions, and
   *   `lesions`, largest first, each with `confidence`, `measurements` and `region`.
   */
  async function predict({ grey, regions }, segment, calibration) {
    const probability = correct(await lesionProbability(grey, regions, segment), calibration);
    const found = findLesions(probability, calibration);
    const components = connectedComponents(found.mask);
    const sums = new Float64Array(components.components.length + 1);
    components.labels.data.forEach((label, place) => (sums[label] += probability.data[place]));
    const all = measureLesions(found.mask, regions);
    const alone = ({ label }) =>
      measureLesions(
        select(components, (each) => each.label === label),
        regions,
      );
    const lesions = components.components
      .toSorted((a, b) => b.size - a.size)
      .map((component, _, { length }) => ({
        confidence: sums[component.label] / component.size,
        ...(length === 1 ? all : alone(component)),
      }));
    return { ...found, ...all, lesions };
  }

  modules.prediction = { predict };
})((globalThis.lightbtseg ??= {}));
