# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read image files (PNG, JPEG, BMP, TIFF, WebP, NIfTI, NRRD, DICOM) as grey levels; write masks in the same format."""
