# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Segment breast ultrasound (pictures, NIfTI, NRRD, DICOM, MP4, AVI) and write masks, measurements and a report."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError, printable
from ..prediction.chosen_network import add_network_arguments, add_runtime_arguments, chosen_network

NAME = "predict"
HELP = "segment images and write masks, measurements and a report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's options to `parser`."""
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="file, folder, pattern such as 'day */*.dcm', or list of files (.txt)",
    )
    parser.add_argument(
        "--output_dir", type=Path, default=Path("predictions"), help="folder for the results (default: %(default)s)"
    )
    parser.add_argument(
        "--spacing",
        nargs=2,
        type=float,
        metavar=("HEIGHT", "WIDTH"),
        help="size of a pixel in millimetres, overrides that of the files",
    )
    parser.add_argument(
        "--shard",
        metavar="I/N",
        help="process the I-th of N shares of the files; the others may run at the same time, also on other machines; "
        "then join them with merge",
    )
    parser.add_argument(
        "--anonymise",
        type=Path,
        metavar="KEY",
        help="write no data of patients: files, patients and UIDs have pseudonyms, which the file KEY tells; it is "
        "created if missing, and stays with you",
    )
    parser.add_argument("--resume", action="store_true", help="continue; skip files that are done and unchanged")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier prediction in the folder")
    add_network_arguments(parser, exported=True)
    add_runtime_arguments(parser)


def run(args: argparse.Namespace) -> None:
    """Predict and print a summary.

    Raises:
        InputError: see `predict`; also, at the end, if any file failed.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    from ..bundle.paths import PROGRAM
    from ..prediction.predict import predict
    from ..prediction.shards import ALL, Shard

    shard = Shard.parse(args.shard) if args.shard else ALL
    outcome = predict(
        args.inputs,
        args.output_dir,
        spacing=tuple(args.spacing) if args.spacing else None,
        resume=args.resume,
        overwrite=args.overwrite,
        chosen=chosen_network(args),
        shard=shard,
        anonymise=args.anonymise,
    )
    if shard == ALL:
        report(outcome, args.output_dir)
        return
    print(
        printable(
            f"Shard {shard}: {outcome['lesions']} of {outcome['images']} images show a lesion, "
            f"{len(outcome['failed'])} files failed. When all shards are done: {PROGRAM} merge {args.output_dir}"
        )
    )


def report(outcome: Mapping[str, Any], folder: Path) -> None:
    """Print a summary of a prediction.

    Args:
        outcome: from `scripts.prediction.predict.predict`.
        folder: the results folder.

    Raises:
        InputError: any file failed.
    """
    from ..prediction.result_folder import CSV, REPORT

    summary = (
        f"{outcome['lesions']} of {outcome['images']} images show a lesion: {folder / CSV}, {folder / REPORT}. "
        "Research only; not a medical device."
    )
    print(printable(summary))
    if others := len(outcome["skipped"]) - len(outcome["masks_without_image"]):
        print(f"Skipped {others} other {'file' if others == 1 else 'files'} (masks, or not images).")
    for path in outcome["masks_without_image"]:
        print(printable(f"Skipped {path}: it is named like a mask, but has no image. If it is an image, rename it."))
    if outcome["failed"]:
        raise InputError(
            f"{len(outcome['failed'])} of {outcome['files']} files failed; see the errors above or in the report"
        )
