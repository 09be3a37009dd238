# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI Deploy operators that convert a DICOM instance to the bundle's image layout, and a mask to DICOM's layout."""

from __future__ import annotations

import numpy as np
from monai.deploy.core import Image, Operator, OperatorSpec
from scripts.images.dicom_pixels import grey_pixels


class UltrasoundImageOperator(Operator):
    """Convert the selected instance to a grey image of shape (1, columns, rows), like MONAI's PNG reader.

    `DICOMSeriesToVolumeOperator` cannot be used: it needs slices with a position in the patient, and has no colour.

    Named inputs:
        study_selected_series_list: output of `DICOMSeriesSelectorOperator`, with one instance.

    Named outputs:
        image: input of `MonaiBundleInferenceOperator`.
    """

    def setup(self, spec: OperatorSpec) -> None:
        spec.input("study_selected_series_list")
        spec.output("image")

    def compute(self, op_input, op_output, context) -> None:
        selected = op_input.receive("study_selected_series_list")
        (instance,) = selected[0].selected_series[0].series.get_sop_instances()
        dataset = instance.get_native_sop_instance()
        grey = grey_pixels(dataset.pixel_array, dataset)
        op_output.emit(Image(grey.T[None].astype(np.float32), {}), "image")


class SegmentRowsOperator(Operator):
    """Transpose a mask from MONAI's layout (columns, rows) to DICOM's (rows, columns).

    Named inputs:
        mask: output of `MonaiBundleInferenceOperator` for a two-dimensional network.

    Named outputs:
        seg_image: input of `DICOMSegmentationWriterOperator`, shape (1, rows, columns).
    """

    def setup(self, spec: OperatorSpec) -> None:
        spec.input("mask")
        spec.output("seg_image")

    def compute(self, op_input, op_output, context) -> None:
        mask = op_input.receive("mask").asnumpy()
        op_output.emit(Image(np.ascontiguousarray(mask.T)[None]), "seg_image")
