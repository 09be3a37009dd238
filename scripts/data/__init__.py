# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""From a folder of ultrasound images to the items that training and evaluation read."""

from __future__ import annotations

from scripts.data.datalist import SPLITS, build_datalist, read_datalist, select, write_datalist
from scripts.data.folder import dataset_folder, load_datalist
from scripts.data.folds import assign_folds, random_folds
from scripts.data.grey import GreyReader
from scripts.data.image_list import list_images
from scripts.data.lesion_mask import LoadLesionMaskd
from scripts.data.phantoms import make_phantoms
from scripts.data.records import CLASSES, Record
from scripts.data.sources import read_dataset

__all__ = [
    "CLASSES",
    "SPLITS",
    "GreyReader",
    "LoadLesionMaskd",
    "Record",
    "assign_folds",
    "build_datalist",
    "dataset_folder",
    "list_images",
    "load_datalist",
    "make_phantoms",
    "random_folds",
    "read_datalist",
    "read_dataset",
    "select",
    "write_datalist",
]
