# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The commands of ``python -m scripts``.

Each module is one command and defines ``NAME``, ``HELP``, ``add_arguments(parser)`` and ``run(args)``. Its docstring is
the description that ``--help`` shows. Slow imports belong into ``run``, because ``--help`` imports all modules.
"""
