# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment a DICOM ultrasound image with the exported network and write a DICOM segmentation.

``python deploy/app.py -i FOLDER -o FOLDER -m models/model.ts``
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from monai.deploy.conditions import CountCondition
from monai.deploy.core import AppContext, Application, Image, IOType
from monai.deploy.operators import (
    DICOMDataLoaderOperator,
    DICOMSegmentationWriterOperator,
    DICOMSeriesSelectorOperator,
)
from monai.deploy.operators.dicom_seg_writer_operator import SegmentDescription
from monai.deploy.operators.dicom_utils import ModelInfo
from monai.deploy.operators.monai_bundle_inference_operator import IOMapping
from pydicom.sr.codedict import codes

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))  # the bundle, for `scripts`
from scripts.errors import InputError, find_input_error  # noqa: E402
from scripts.postprocessing.calibration import Calibration, parse_calibration  # noqa: E402

from operators import CalibratedInferenceOperator, SegmentRowsOperator, UltrasoundImageOperator  # noqa: E402
from ultrasound import check_input  # noqa: E402

RULES = json.dumps({"selections": [{"name": "ultrasound", "conditions": {"Modality": "US"}}]})


def read_exported(model: str | Path | None) -> tuple[dict, Calibration]:
    """Return the bundle's metadata and the calibration from an exported network (TorchScript).

    Raises:
        InputError: the file does not exist or is not an export of this bundle.
    """
    how = "export one: see docs/deploy.md"
    if not model or not Path(model).is_file():
        raise InputError(f"-m {model}: no such model; {how}")
    try:
        with ZipFile(model) as archive:
            names = {Path(name).name: name for name in archive.namelist() if "/extra/" in name}
            if {"metadata.json", "inference.json"} <= names.keys():
                metadata = json.loads(archive.read(names["metadata.json"]))
                if "calibration.json" in names:
                    content = json.loads(archive.read(names["calibration.json"]))
                    return metadata, parse_calibration(content, f"-m {model}: its calibration")
                logging.warning(f"{model}: exported without calibration, so the threshold is 0.5")
                return metadata, Calibration()
    except (BadZipFile, json.JSONDecodeError):
        pass
    raise InputError(f"-m {model}: not an exported network with metadata.json and inference.json; {how}")


class BreastUltrasoundSegmentation(Application):
    """MONAI Deploy application: segments a DICOM ultrasound image and writes a DICOM segmentation that refers to it."""

    def compose(self) -> None:
        context: AppContext = Application.init_app_context(self.argv)
        metadata, calibration = read_exported(context.model_path)
        check_input(context.input_path)
        name, version = metadata["name"], metadata["version"]

        loader = DICOMDataLoaderOperator(
            self, CountCondition(self, 1), input_folder=Path(context.input_path), name="loader"
        )
        selector = DICOMSeriesSelectorOperator(self, rules=RULES, name="selector")
        image = UltrasoundImageOperator(self, name="image")
        network = CalibratedInferenceOperator(
            self,
            calibration=calibration,
            input_mapping=[IOMapping("image", Image, IOType.IN_MEMORY)],
            output_mapping=[IOMapping("pred", Image, IOType.IN_MEMORY)],
            app_context=context,
            bundle_path=Path(context.model_path),
            name="network",
        )
        rows = SegmentRowsOperator(self, name="rows")
        writer = DICOMSegmentationWriterOperator(
            self,
            segment_descriptions=[
                SegmentDescription(
                    segment_label="Breast lesion",
                    segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
                    segmented_property_type=codes.SCT.Lesion,
                    algorithm_name=name,
                    algorithm_version=version,
                    anatomic_regions=[codes.SCT.Breast],
                )
            ],
            model_info=ModelInfo(creator=metadata["authors"], name=name, version=version),
            custom_tags={
                "SeriesDescription": "Breast lesion, automatic; research only, not for diagnosis",
                "PatientOrientation": "",  # unknown for most ultrasound images, but the attribute is required
            },
            output_folder=Path(context.output_path),
            omit_empty_frames=False,  # "no lesion" is a result, too
            name="writer",
        )

        self.add_flow(loader, selector, {("dicom_study_list", "dicom_study_list")})
        self.add_flow(selector, image, {("study_selected_series_list", "study_selected_series_list")})
        self.add_flow(image, network, {("image", "image")})
        self.add_flow(network, rows, {("pred", "mask")})
        self.add_flow(rows, writer, {("seg_image", "seg_image")})
        self.add_flow(selector, writer, {("study_selected_series_list", "study_selected_series_list")})


if __name__ == "__main__":
    try:
        BreastUltrasoundSegmentation().run()
    except Exception as error:  # of an operator, the framework may wrap it
        if (mistake := find_input_error(error)) is None:
            raise
        sys.exit(f"error: {mistake}")
