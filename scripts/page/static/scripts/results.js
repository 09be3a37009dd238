// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** The rows of the table, with the columns of results.csv; see scripts/prediction/result_rows.py. */
(function (modules) {
  const FORMULA = /^[=+\-@\t\r\n]/; // first characters that make a spreadsheet run text as a formula

  /** Return the row of an image by column. */
  function describe(name, { grey, identifiers }, prediction, seconds) {
    const { measurements, region } = prediction;
    const [firstRow, firstColumn, lastRow, lastColumn] = measurements.boundingBox ?? [];
    return {
      file: name,
      lesion_found: prediction.found ? "True" : "False",
      components: measurements.components,
      area: rounded(measurements.area, 3),
      longest_diameter: rounded(measurements.longest, 3),
      perpendicular_diameter: rounded(measurements.perpendicular, 3),
      unit: measurements.unit,
      first_row: firstRow,
      first_column: firstColumn,
      last_row: lastRow,
      last_column: lastColumn,
      lesion_confidence: rounded(prediction.lesionConfidence, 4),
      minimum_confidence: rounded(prediction.minimumConfidence, 4),
      confidence: rounded(prediction.confidence, 4),
      spacing_row: region.spacing?.[0],
      spacing_column: region.spacing?.[1],
      spacing_from: region.spacingFrom,
      seconds: rounded(seconds, 4),
      ...identifiers,
      mask: maskName(name),
      note: grey.data.every((value) => value === grey.data[0]) ? "all pixels are equal" : "",
    };
  }

  function rounded(value, digits) {
    return Number(value.toFixed(digits));
  }

  /** Return the name of an image's mask, as `predict` names it. */
  function maskName(name) {
    return `${name.replace(/(?<=.)\.(png|jpe?g|dcm|dicom)$/i, "")}_mask.png`;
  }

  /** Return rows as CSV. */
  function csvText(rows, columns) {
    const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
    return lines.map((values) => `${values.map(cell).join(",")}\n`).join("");
  }

  function cell(value) {
    let text = String(value ?? "");
    if (typeof value === "string" && FORMULA.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  modules.results = { describe, maskName, csvText };
})((globalThis.lightbtseg ??= {}));
