// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Run the exported network with ONNX Runtime Web, as scripts/prediction/onnx_segmenter.py runs it in Python. */
(function (modules) {
  const { transpose, map } = modules.arrays;
  const { resize } = modules.resampling;
  const { preprocess } = modules.preprocessing;

  /**
   * Load the network.
   *
   * Everything is inside script files, because a page opened from disk may load nothing else.
   *
   * @param {object} network `model` and `steps`; see write_page.py.
   * @param {object} runtime `wasm` and `module` of ONNX Runtime.
   * @returns {Promise<(grey: Plane) => Promise<Plane>>} computes the lesion probability of each pixel.
   */
  async function loadSegmenter(network, runtime) {
    const module = URL.createObjectURL(new Blob([await unpack(runtime.module)], { type: "text/javascript" }));
    ort.env.wasm.numThreads = 1; // threads need a web server with special headers
    ort.env.wasm.wasmBinary = await unpack(runtime.wasm);
    ort.env.wasm.wasmPaths = { mjs: module };
    const session = await ort.InferenceSession.create(await unpack(network.model), { executionProviders: ["wasm"] });
    return (grey) => segment(session, network.steps, grey);
  }

  async function segment(session, steps, grey) {
    const input = transpose(preprocess(grey, steps)); // MONAI's axes: the width first
    const image = new ort.Tensor("float32", input.data, [1, 1, input.rows, input.columns]);
    const output = await session.run({ [session.inputNames[0]]: image });
    const { dims, data: logits } = output[session.outputNames[0]];
    const [rows, columns] = dims.slice(-2);
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < data.length; i++) data[i] = 1 / (1 + Math.exp(logits[i] - logits[data.length + i]));
    const probability = resize(transpose({ rows, columns, data }), grey.rows, grey.columns);
    return map(probability, Float32Array, (value) => Math.min(1, Math.max(0, value)));
  }

  /** Return the bytes of a base64 text of gzip. */
  async function unpack(text) {
    const characters = atob(text);
    const packed = new Uint8Array(characters.length);
    for (let i = 0; i < packed.length; i++) packed[i] = characters.charCodeAt(i);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  modules.segmenter = { loadSegmenter };
})((globalThis.lightbtseg ??= {}));
