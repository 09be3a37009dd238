// Copyright 2026 LightBTSeg for MONAI contributors
// SPDX-License-Identifier: Apache-2.0
"use strict";

/** A file that cannot be segmented; the message is one sentence for the user. */
(function (modules) {
  class ReadingError extends Error {}

  modules.readingError = { ReadingError };
})((globalThis.lightbtseg ??= {}));
