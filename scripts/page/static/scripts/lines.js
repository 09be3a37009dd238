// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** Lines of the page's tables. */
(function (modules) {
  /** Fill a line of the list with the name of a file and a text over its whole width. */
  function fillWithText(line, name, text, className = "") {
    const cell = document.createElement("td");
    cell.colSpan = 3;
    cell.className = className;
    cell.textContent = text;
    line.replaceChildren(heading(name), cell);
  }

  /** Fill a line of the list with the result of a file, which `show` shows. */
  function fillWithResult(line, name, { measurements, found, confidence }, show) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", show);
    const { longest, perpendicular, unit } = measurements;
    const result = cell("result", found ? "lesion found" : "no lesion found");
    result.className = "";
    line.replaceChildren(
      heading(button),
      result,
      cell("confidence", confidence.toFixed(2)),
      cell("longest × across", found ? lengthText([longest, perpendicular], unit) : "–"),
    );
  }

  /** Return the line of a lesion in the table of one image. */
  function lesionLine({ measurements, confidence }, index) {
    const { longest, perpendicular, area, unit } = measurements;
    const line = document.createElement("tr");
    line.append(
      heading(index + 1),
      cell("longest", lengthText([longest], unit)),
      cell("across", lengthText([perpendicular], unit)),
      cell("area", unit === "mm" ? `${area.toFixed(1)} mm²` : `${area} pixels`),
      cell("confidence", confidence.toFixed(2)),
    );
    return line;
  }

  function heading(content) {
    const head = document.createElement("th");
    head.scope = "row";
    head.append(content);
    return head;
  }

  /** Return a cell with a number; narrow screens show its title. */
  function cell(title, text) {
    const made = document.createElement("td");
    made.className = "number";
    made.dataset.title = title;
    made.textContent = text;
    return made;
  }

  function lengthText(values, unit) {
    const numbers = values.map((value) => value.toFixed(unit === "mm" ? 1 : 0)).join(" × ");
    return unit === "mm" ? `${numbers} mm` : `${numbers} pixels`;
  }

  modules.lines = { fillWithText, fillWithResult, lesionLine };
})((globalThis.lightbtseg ??= {}));
