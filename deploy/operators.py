# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MONAI Deploy operators: DICOM to the bundle's image layout, inference, and the mask to DICOM's layout."""

from __future__ import annotations

import numpy as np
from monai.deploy.core import Image, Operator, OperatorSpec
from monai.deploy.operators import MonaiBundleInferenceOperator
from scripts.images.dicom_pixels import grey_pixels
from scripts.postprocessing.calibrated_lesions import CalibratedLesionsd
from scripts.postprocessing.calibration import Calibration


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


class CalibratedInferenceOperator(MonaiBundleInferenceOperator):
    """Run the exported network, and decide with the calibration that was exported with it.

    Args:
        calibration: the calibration; the other arguments are those of `MonaiBundleInferenceOperator`.
    """

    def __init__(self, *args, calibration: Calibration, **kwargs) -> None:
        self._calibration = calibration
        super().__init__(*args, **kwargs)

    def post_process(self, data, *args, **kwargs):
        for step in self._postproc.transforms:
            if isinstance(step, CalibratedLesionsd):
                step.calibration = self._calibration
        return super().post_process(data, *args, **kwargs)


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
