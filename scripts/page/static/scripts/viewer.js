// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Show an image with the contour and the diameters of its lesions. */
(function (modules) {
  const { range } = modules.arrays;
  const { edgePath } = modules.contour;
  const { lesionLine } = modules.lines;
  const SVG = "http://www.w3.org/2000/svg";

  const find = (selector) => document.querySelector(selector);

  /** Show an image, its answer and its lesions in `#view`. */
  function show(name, image, prediction) {
    find("#name").textContent = name;
    find("#answer").textContent = answer(prediction);
    drawPicture(image.grey);
    drawLesions(image.grey, prediction);
    find("#lesions").hidden = !prediction.found;
    find("#lesions tbody").replaceChildren(...prediction.lesions.map(lesionLine));
    const { spacing, spacingFrom } = prediction.region;
    const size = spacing?.map((each) => Number(each.toPrecision(4))).join(" × ");
    find("#spacing").textContent = spacing
      ? `A pixel is ${size} mm, height × width (${spacingFrom}).`
      : `Measured in pixels; size of a pixel: ${spacingFrom}.`;
    find("#view").hidden = false;
  }

  /** Return the answer for an image as a sentence. */
  function answer(prediction) {
    const confidence = `confidence ${prediction.confidence.toFixed(2)}`;
    if (!prediction.found) return `No lesion found, ${confidence}.`;
    const count = prediction.lesions.length;
    return `${count === 1 ? "One lesion" : `${count} lesions`} found, ${confidence}.`;
  }

  function drawPicture(grey) {
    const canvas = find("#picture canvas");
    [canvas.width, canvas.height] = [grey.columns, grey.rows];
    find("#picture").style.setProperty("--ratio", grey.columns / grey.rows);
    const [low, high] = range(grey);
    const pixels = new ImageData(grey.columns, grey.rows);
    grey.data.forEach((value, i) => {
      pixels.data.fill(((value - low) / (high - low || 1)) * 255, 4 * i, 4 * i + 3);
      pixels.data[4 * i + 3] = 255;
    });
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  }

  function drawLesions(grey, { mask, lesions }) {
    find("#picture svg").setAttribute("viewBox", `0 0 ${grey.columns} ${grey.rows}`);
    find("#picture .prediction").setAttribute("d", edgePath(mask));
    const lines = lesions.flatMap(({ measurements }) => measurements.calipers);
    find("#picture .calipers").setAttribute("d", lines.map(([a, b]) => `M${a}L${b}`).join(""));
    const arm = Math.min(grey.rows, grey.columns) / 80;
    const cross = ([x, y]) => `M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}`;
    find("#picture .ends").setAttribute("d", lines.flat().map(cross).join(""));
    find("#numbers").replaceChildren(...(lesions.length > 1 ? lesions.map((each, i) => number(each, i, arm)) : []));
  }

  /** Return the number of a lesion, beyond the first end of its longest diameter. */
  function number({ measurements }, index, arm) {
    const [start, end] = measurements.calipers[0];
    const length = Math.hypot(start[0] - end[0], start[1] - end[1]);
    const text = document.createElementNS(SVG, "text");
    text.textContent = index + 1;
    text.setAttribute("font-size", 4 * arm);
    text.setAttribute("x", start[0] + ((start[0] - end[0]) / length) * 4 * arm);
    text.setAttribute("y", start[1] + ((start[1] - end[1]) / length) * 4 * arm);
    return text;
  }

  modules.viewer = { show };
})((globalThis.lightbtseg ??= {}));
