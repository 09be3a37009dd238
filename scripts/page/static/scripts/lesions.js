// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Find the lesions in a probability map as scripts/postprocessing does. */
(function (modules) {
  const { map } = modules.arrays;
  const { connectedComponents, select, fillHoles } = modules.components;

  /** Return probabilities corrected by the temperature and the bias of a calibration. */
  function correct(probability, { temperature, bias }) {
    if (temperature === 1 && bias === 0) return probability;
    const corrected = (p) => 1 / (1 + Math.exp(-(Math.log(p) - Math.log1p(-p)) / temperature - bias));
    return map(probability, Float32Array, corrected);
  }

  /**
   * Find the lesions in a calibrated probability map.
   *
   * @param {Plane} probability
   * @param {object} calibration `threshold`, `fill_holes`, `min_size`, `min_confidence` as in calibration.json.
   * @returns {object} `mask`, `found`, `lesionConfidence`, `minimumConfidence`, `confidence`; see the Python class
   *   `Lesions`.
   */
  function findLesions(probability, calibration) {
    const { data } = probability;
    if (!data.every(Number.isFinite)) {
      throw new Error("The network's output is not finite: it does not suit such an image.");
    }
    let above = map(probability, Uint8Array, (p) => Number(p >= calibration.threshold));
    if (calibration.fill_holes) above = fillHoles(above);
    const found = connectedComponents(above);
    const sums = new Float64Array(found.components.length + 1);
    found.labels.data.forEach((label, place) => (sums[label] += data[place]));
    const mean = ({ label, size }) => sums[label] / size;
    const candidates = found.components.filter(({ size }) => size >= calibration.min_size * data.length);
    const lesions = new Set(candidates.filter((each) => mean(each) >= calibration.min_confidence));
    const mask = select(found, (component) => lesions.has(component));
    let lesionConfidence;
    let minimumConfidence;
    if (lesions.size) {
      const total = (value) => [...lesions].reduce((sum, each) => sum + value(each), 0);
      lesionConfidence = total(({ label }) => sums[label]) / total(({ size }) => size);
      minimumConfidence = Math.min(...[...lesions].map(mean));
    } else {
      lesionConfidence = candidates.length
        ? Math.max(...candidates.map(mean))
        : data.reduce((a, b) => (b < calibration.threshold ? Math.max(a, b) : a), 0);
      minimumConfidence = lesionConfidence;
    }
    lesionConfidence = Math.min(1, lesionConfidence);
    return {
      mask,
      found: lesions.size > 0,
      lesionConfidence,
      minimumConfidence: Math.min(1, minimumConfidence),
      confidence: lesions.size ? lesionConfidence : 1 - lesionConfidence,
    };
  }

  modules.lesions = { correct, findLesions };
})((globalThis.lightbtseg ??= {}));
