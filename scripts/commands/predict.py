# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment, measure and report breast-ultrasound files: pictures, NIfTI and DICOM."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from ..errors import InputError

NAME = "predict"
HELP = "masks, measurements and a report of ultrasound files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "inputs", nargs="+", metavar="INPUT", help="a file, a folder, a pattern such as 'day */*.dcm', a list (.txt)"
    )
    parser.add_argument("--output_dir", type=Path, default=Path("predictions"), help="(default: %(default)s)")
    parser.add_argument(
        "--spacing",
        nargs=2,
        type=float,
        metavar=("HEIGHT", "WIDTH"),
        help="of a pixel, in millimetres, in place of what the files say",
    )
    parser.add_argument("--resume", action="store_true", help="skip what is done and has not changed since")
    parser.add_argument("--overwrite", action="store_true", help="replace the prediction that is in the folder")
    parser.add_argument("--config_file", nargs="+", type=Path, help="default: configs/inference.json")
    parser.add_argument("--ckpt", type=Path, help="weights, in place of the configuration's")
    parser.add_argument("--device", help="such as cpu or cuda:0, in place of the configuration's")


def run(args: argparse.Namespace) -> None:
    """Predict, and tell what came of it.

    Raises:
        InputError: for whatever `predict` finds, and, at the end, where files have failed.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    from ..errors import printable
    from ..prediction.predict import predict
    from ..prediction.result_folder import CSV, REPORT

    try:
        outcome = predict(
            args.inputs,
            args.output_dir,
            spacing=tuple(args.spacing) if args.spacing else None,
            resume=args.resume,
            overwrite=args.overwrite,
            config_files=args.config_file,
            ckpt=args.ckpt,
            device=args.device,
        )
    except InputError as error:
        raise InputError(printable(str(error))) from None
    shown = (
        f"{outcome['lesions']} of {outcome['images']} images show a lesion: {args.output_dir / CSV}, "
        f"{args.output_dir / REPORT}. Research only; not a medical device."
    )
    print(printable(shown))
    if outcome["passed_over"]:
        print(f"{outcome['passed_over']} other files were passed over.")
    for path in outcome["lone_masks"]:
        print(printable(f"{path} was passed over: it is called as a mask. Rename it, if it is an image."))
    if outcome["failed"]:
        raise InputError(
            f"{len(outcome['failed'])} of {outcome['files']} files failed; each is told above and in the report"
        )
