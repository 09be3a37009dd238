# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading image files (pictures, NIfTI, DICOM) as grey levels, and writing masks of the same type."""
