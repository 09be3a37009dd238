# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The network that a user chooses: the bundle's, that of a trained run, or that of configs and weights."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from .loaded_network import Network


@dataclass(frozen=True)
class ChosenNetwork:
    """Which network to use; by default the bundle's.

    Attributes:
        run: output folder of a training, or an exported model (.onnx), instead of `config_files` and `ckpt`.
        config_files: config and overlays; see `load_network`.
        ckpt: weights file; see `load_network`.
        device: device; None for that of the config.
    """

    run: str | Path | None = None
    config_files: tuple[str | Path, ...] = ()
    ckpt: str | Path | None = None
    device: str | None = None

    def load(self) -> Network:
        """Load the network.

        Raises:
            InputError: `run` together with another choice; errors of `load_run` and `load_network`.
        """
        if self.run is None:
            from .network import load_network

            return load_network(self.config_files, self.ckpt, self.device)
        if self.ckpt or self.config_files:
            other = "--ckpt" if self.ckpt else "--config_file"
            raise InputError(f"--run {self.run} {other}: give one of them, not both")
        if Path(self.run).suffix == ".onnx":
            return self._load_exported(Path(self.run))
        from .trained_run import load_run

        return load_run(self.run, self.device)

    def load_trained(self) -> Network:
        """Load the network for a command that needs its training data, which an exported model does not know.

        Raises:
            InputError: the network is an exported model; errors of `load`.
        """
        network = self.load()
        if network.exported is not None:
            raise InputError(f"--run {self.run}: is an exported model; give the output folder of its training")
        return network

    def _load_exported(self, path: Path) -> Network:
        from .loaded_network import Network
        from .onnx_segmenter import OnnxSegmenter

        if self.device not in (None, "cpu"):
            raise InputError(f"--device {self.device}: exported models run on the CPU; omit it, or use the training")
        segmenter = OnnxSegmenter(path)
        return Network(segmenter, path, segmenter.settings, segmenter.calibration)


BUNDLE = ChosenNetwork()


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a network to `parser`."""
    parser.add_argument(
        "--run",
        dest="trained_run",
        type=Path,
        metavar="FOLDER",
        help="output folder of a training, or an exported model (.onnx)",
    )
    parser.add_argument("--ckpt", type=Path, help="weights (default: the config's)")
    parser.add_argument(
        "--config_file", nargs="+", type=Path, default=[], help="config and overlays (default: configs/inference.json)"
    )
    parser.add_argument("--device", help="cpu, cuda:0, … (default: the config's)")


def chosen_network(args: argparse.Namespace) -> ChosenNetwork:
    """Return the network that the parsed options choose."""
    return ChosenNetwork(args.trained_run, tuple(args.config_file), args.ckpt, args.device)
