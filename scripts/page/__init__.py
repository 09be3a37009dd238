# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""A web page that segments images in the browser: `static` is the page, the modules write it with a network."""
