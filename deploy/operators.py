# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Between the SDK's operators: a DICOM instance as MONAI's readers give images, and back."""

from __future__ import annotations

import numpy as np
from monai.deploy.core import Image, Operator, OperatorSpec
from scripts.images.dicom_pixels import grey_pixels


class UltrasoundImageOperator(Operator):
    """Turn the selected instance into an image of shape (1, columns, rows), grey, as MONAI's PNG reader gives it.

    `DICOMSeriesToVolumeOperator` gives a volume whose slices need a position in the patient, and no colour.

    Named inputs:
        study_selected_series_list: what `DICOMSeriesSelectorOperator` has selected: one instance.

    Named outputs:
        image: for `MonaiBundleInferenceOperator`.
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
    """Turn a mask of shape (columns, rows), as MONAI arranges images, into rows and columns, as DICOM does.

    Named inputs:
        mask: what `MonaiBundleInferenceOperator` gives of a two-dimensional network.

    Named outputs:
        seg_image: for `DICOMSegmentationWriterOperator`, shape (1, rows, columns).
    """

    def setup(self, spec: OperatorSpec) -> None:
        spec.input("mask")
        spec.output("seg_image")

    def compute(self, op_input, op_output, context) -> None:
        mask = op_input.receive("mask").asnumpy()
        op_output.emit(Image(np.ascontiguousarray(mask.T)[None]), "seg_image")
