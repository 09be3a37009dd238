# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The verbs of ``python -m scripts``.

A module here is a verb. It has ``NAME``, ``HELP``, ``add_arguments(parser)`` and ``run(args)``, its docstring is the
verb's description, and what is slow to import it imports in ``run``, since every verb's module is loaded for the help.
"""
