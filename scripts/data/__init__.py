# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Data sets, datalists and folds: from a folder of ultrasound images to the items for training and evaluation."""

from __future__ import annotations

from .augmentation import augmentation
from .datalist import SPLITS, build_datalist, read_datalist, select, write_datalist
from .dataset_folder import dataset_folder, load_datalist
from .file_axes import RestoreFileAxesd
from .folds import assign_folds, random_folds
from .grey_reader import GreyReader
from .image_list import list_images
from .lesion_crop import RandLesionCropd
from .lesion_mask import LoadLesionMaskd, SaveLesionMaskd
from .phantoms.dataset import make_phantoms
from .records import CLASSES, Record
from .sources import read_dataset
from .unlabelled import UNLABELLED, MixedBatches, list_unlabelled
from .without_metadata import WithoutMetadata

__all__ = [
    "CLASSES",
    "SPLITS",
    "UNLABELLED",
    "GreyReader",
    "LoadLesionMaskd",
    "MixedBatches",
    "RandLesionCropd",
    "Record",
    "RestoreFileAxesd",
    "SaveLesionMaskd",
    "WithoutMetadata",
    "assign_folds",
    "augmentation",
    "build_datalist",
    "dataset_folder",
    "list_images",
    "list_unlabelled",
    "load_datalist",
    "make_phantoms",
    "random_folds",
    "read_datalist",
    "read_dataset",
    "select",
    "write_datalist",
]
