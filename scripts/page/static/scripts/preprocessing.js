// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** The preprocessing of an exported network: the steps that scripts/prediction/onnx_segmenter.py has. */
(function (modules) {
  const { map, range } = modules.arrays;
  const { resize } = modules.resampling;

  const TYPES = { uint8: Uint8Array, float32: Float32Array };

  const STEPS = {
    Resize: (plane, { spatial_size: [width, height], anti_aliasing }) => resize(plane, height, width, anti_aliasing),
    // Rounded to 32 bits after each operation, as predict does: else a whole number can become the next lower one in 8 bits.
    ScaleIntensity: (plane, { minv, maxv }) => {
      const [low, high] = range(plane);
      const round = Math.fround;
      if (low === high) return map(plane, Float32Array, (value) => value * minv);
      return map(plane, Float32Array, (value) => {
        const share = round(round(value - low) / round(high - low));
        return round(share * round(maxv - minv)) + minv;
      });
    },
    ScaleIntensityRange: (plane, { a_min, a_max, b_min, b_max }) =>
      map(plane, Float32Array, (value) => ((value - a_min) / (a_max - a_min)) * (b_max - b_min) + b_min),
    CastToType: (plane, { dtype }) => {
      if (!TYPES[dtype]) throw new Error(`The network needs images of type ${dtype}, which this page has not.`);
      return map(plane, TYPES[dtype], (value) => value);
    },
  };

  /** Return grey levels after the steps of a network's preprocessing. */
  function preprocess(grey, steps) {
    return steps.reduce((plane, step) => {
      if (!STEPS[step.name]) throw new Error(`The network needs the step ${step.name}, which this page has not.`);
      return STEPS[step.name](plane, step);
    }, grey);
  }

  modules.preprocessing = { preprocess, STEPS };
})((globalThis.lightbtseg ??= {}));
