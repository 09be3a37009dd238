// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** The page: takes files, segments one after the other, lists the results and saves them. */
(function (modules) {
  const { loadSegmenter } = modules.segmenter;
  const { readImage } = modules.imageFile;
  const { ReadingError } = modules.readingError;
  const { predict } = modules.prediction;
  const { describe, maskName, csvText } = modules.results;
  const { writePng } = modules.pngWriter;
  const { fillWithText, fillWithResult } = modules.lines;
  const viewer = modules.viewer;
  const { network, runtime } = modules;

  const find = (selector) => document.querySelector(selector);
  const segmenter = loadSegmenter(network, runtime);
  let entries = []; // a `file`, its `line` in the list, and then `prediction` and `row` of the CSV, or `error`
  let shown = null; // the entry in view
  let chosen = null; // the entry that was last asked for
  let isBusy = false;

  function add(files) {
    for (const file of files) {
      const entry = { file, line: document.createElement("tr") };
      entries.push(entry);
      fillWithText(entry.line, file.name, "waiting");
      find("#list tbody").append(entry.line);
    }
    find("#empty").hidden = entries.length > 0;
    find("#results").hidden = entries.length === 0;
    work();
  }

  /** Segment the files that wait, one at a time; a file that fails stops nothing. */
  async function work() {
    if (isBusy) return;
    isBusy = true;
    for (let entry = waiting()[0]; entry; [entry] = waiting()) {
      tell();
      fillWithText(entry.line, entry.file.name, "segmenting…");
      await new Promise((resolve) => setTimeout(resolve)); // let the browser draw
      try {
        await segment(entry);
        fillWithResult(entry.line, entry.file.name, entry.prediction, () => show(entry));
        if (!chosen && entries.includes(entry)) show(entry);
      } catch (error) {
        entry.error = describeError(error);
        fillWithText(entry.line, entry.file.name, entry.error, "error");
      }
    }
    isBusy = false;
    tell();
  }

  const waiting = () => entries.filter((entry) => !entry.prediction && !entry.error);

  async function segment(entry) {
    const segment = await segmenter;
    const start = performance.now();
    const image = await read(entry.file);
    const prediction = await predict(image, segment, network.calibration);
    const seconds = (performance.now() - start) / 1000;
    Object.assign(entry, { prediction, row: describe(entry.file.name, image, prediction, seconds) });
  }

  async function read(file) {
    return readImage(new Uint8Array(await file.arrayBuffer()));
  }

  function describeError(error) {
    if (error instanceof ReadingError) return error.message;
    if (error.name === "NotReadableError") return "The file cannot be read.";
    return `The image cannot be segmented: ${error.message}`;
  }

  function tell() {
    const failed = entries.filter(({ error }) => error).length;
    const done = entries.filter(({ prediction }) => prediction).length;
    const parts = [isBusy ? "Segmenting" : "Ready", `${done} of ${entries.length} images segmented`];
    if (failed) parts.push(`${failed} failed`);
    find("#status").textContent = entries.length ? `${parts.join("; ")}.` : "Ready.";
    find("#save-table").disabled = done === 0;
  }

  /** Show an image, which is read again: to keep the pixels of all images would take much memory. */
  async function show(entry) {
    chosen = entry;
    let image;
    try {
      image = await read(entry.file);
    } catch (error) {
      fillWithText(entry.line, entry.file.name, describeError(error), "error"); // what is shown stays
      return;
    }
    if (chosen !== entry || !entries.includes(entry)) return;
    shown?.line.removeAttribute("aria-current");
    shown = entry; // after the read, since its mask is what can be saved
    entry.line.setAttribute("aria-current", "true");
    viewer.show(entry.file.name, image, entry.prediction);
  }

  function clear() {
    entries = [];
    shown = chosen = null;
    find("#list tbody").replaceChildren();
    find("#view").hidden = true;
    add([]);
    find("#files").focus();
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  function saveTable() {
    const rows = entries.filter(({ row }) => row).map(({ row }) => row);
    save(new Blob([csvText(rows, network.columns)], { type: "text/csv" }), "results.csv");
  }

  async function saveMask() {
    save(await writePng(shown.prediction.mask), maskName(shown.file.name));
  }

  function showProvenance() {
    const entries = Object.entries(network.provenance).flatMap(([name, value]) => {
      const [line, term, text] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      term.textContent = name;
      text.textContent = value;
      line.append(term, text);
      return [line];
    });
    find(".provenance dl").replaceChildren(...entries);
  }

  find("#files").addEventListener("change", ({ target }) => {
    add(target.files);
    target.value = ""; // so that the same file can be chosen again
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragging");
  });
  addEventListener("dragleave", () => document.body.classList.remove("dragging"));
  addEventListener("drop", (event) => {
    event.preventDefault(); // else the browser opens the file
    document.body.classList.remove("dragging");
    add(event.dataTransfer.files);
  });
  for (const box of document.querySelectorAll("[data-kind]")) {
    box.addEventListener("change", () => document.body.classList.toggle(`without-${box.dataset.kind}`, !box.checked));
  }
  find("#save-table").addEventListener("click", saveTable);
  find("#save-mask").addEventListener("click", saveMask);
  find("#clear").addEventListener("click", clear);
  showProvenance();
  segmenter.then(tell, (error) => {
    find("#status").textContent = `The network cannot be loaded: ${error.message}`;
  });
})((globalThis.lightbtseg ??= {}));
