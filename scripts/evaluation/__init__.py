# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Run the evaluation of a training; show the results of evaluations as a Markdown table, a figure or an HTML report."""
