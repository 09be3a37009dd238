# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The network that a user chooses: the bundle's, that of a trained run, or that of configs and weights."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..bundle.paths import ROOT
from ..errors import InputError
from ..files.hashing import hash_file
from ..runs.file_names import BEST
from ..runtimes.automatic import choose
from ..runtimes.choice import AUTO, FLOAT32, FROM_WEIGHTS, INT8, PRECISIONS, TORCH, Choice
from ..runtimes.exported_files import model_path

if TYPE_CHECKING:
    from .loaded_network import Network
    from .onnx_segmenter import OnnxSegmenter


EXPORTED = "exported.onnx"  # the exported model beside the weights; see the command export


@dataclass(frozen=True)
class ChosenNetwork:
    """Which network to use, and how to compute it; by default the bundle's.

    Attributes:
        run: output folder of a training, an exported model (.onnx), or a folder that has it without the weights,
            instead of `config_files` and `ckpt`.
        config_files: config and overlays; see `load_network`.
        ckpt: weights file; see `load_network`.
        device: device; None for that of the config.
        runtime: a runtime of `scripts.runtimes.choice`, or ``"auto"``; see `choose`.
        precision: its precision; None for the fastest that passed the gate on this machine, else float32.
    """

    run: str | Path | None = None
    config_files: tuple[str | Path, ...] = ()
    ckpt: str | Path | None = None
    device: str | None = None
    runtime: str = AUTO
    precision: str | None = None

    def load(self) -> Network:
        """Load the network.

        Raises:
            InputError: `run` together with another choice; errors of `choose`, `load_run`, `load_network` and
                `OnnxSegmenter`.
        """
        from .loaded_network import Network

        if self.run is not None and (self.ckpt or self.config_files):
            other = "--ckpt" if self.ckpt else "--config_file"
            raise InputError(f"--run {self.run} {other}: give one of them, not both")
        if alone := self._exported_alone():
            from ..postprocessing.calibration import check_exported

            choice, reason, _ = choose(self.runtime, self.precision, alone, False, self.device)
            segmenter = self._exported(alone, choice)
            check_exported(segmenter.calibration, segmenter.settings.get("weights", ""), segmenter.path)
            return Network(segmenter, alone, segmenter.settings, segmenter.calibration, reason)
        weights = self._weights()
        exported = weights.with_name(EXPORTED) if weights else None
        choice, reason, device = choose(self.runtime, self.precision, exported, True, self.device, weights)
        if choice.runtime in FROM_WEIGHTS or exported is None or weights is None:
            return self._load_torch(choice, reason, device)
        segmenter = self._exported(exported, choice)
        if segmenter.settings["weights"] != hash_file(weights):
            raise InputError(f"{exported}: is of other weights than {weights}; export them again, or remove it")
        return Network(segmenter, weights, segmenter.settings, reason=reason)

    def load_trained(self) -> Network:
        """Load the network in PyTorch, for a command that needs its training data, which an exported model lacks.

        Raises:
            InputError: the network is an exported model; errors of `load`.
        """
        if alone := self._exported_alone():
            raise InputError(f"--run {alone}: is an exported model; give the output folder of its training")
        return replace(self, runtime=TORCH).load()

    def exported(self) -> Path | None:
        """Return the exported model in float32, None if there is none.

        Raises:
            InputError: `run` is an exported model that does not exist.
        """
        weights = self._weights()
        path = self._exported_alone() or (weights.with_name(EXPORTED) if weights else None)
        return path if path and path.is_file() else None

    def _exported_alone(self) -> Path | None:
        """Return the exported model if the run is one, or a folder that has it without the weights.

        Raises:
            InputError: there is no such model.
        """
        if self.run is None:
            return None
        run = Path(self.run)
        if run.suffix == ".onnx":
            if not run.is_file():
                raise InputError(f"--run {run}: no such file; give an exported model, or the folder of a training")
            return run
        exported = run / EXPORTED
        return exported if exported.is_file() and not (run / BEST).exists() else None

    def _weights(self) -> Path | None:
        """Return the weights, None if a config names them."""
        if self.run is not None:
            return Path(self.run) / BEST
        if self.config_files:
            return None
        return Path(self.ckpt) if self.ckpt else ROOT / "models" / BEST

    def _load_torch(self, choice: Choice, reason: str, device: str | None) -> Network:
        if self.run is None:
            from .network import load_network

            network = load_network(self.config_files, self.ckpt, device)
        else:
            from .trained_run import load_run

            network = load_run(self.run, device)
        from .segmenter import Segmenter

        if isinstance(network.segmenter, Segmenter):
            network.segmenter.use(choice)
        return replace(network, reason=reason)

    @staticmethod
    def _exported(path: Path, choice: Choice) -> OnnxSegmenter:
        from .onnx_segmenter import OnnxSegmenter

        segmenter = OnnxSegmenter(model_path(path, choice.precision), choice)
        if choice.precision == INT8:
            segmenter.check_same_network(OnnxSegmenter(path, choice._replace(precision=FLOAT32)).settings, path)
        return segmenter


BUNDLE = ChosenNetwork()


def add_network_arguments(parser: argparse.ArgumentParser, exported: bool = False) -> None:
    """Add the options that choose a network to `parser`; `exported` tells that an exported model will do."""
    alone = ", or an exported model (.onnx) or the folder with it" if exported else ""
    parser.add_argument(
        "--run",
        dest="trained_run",
        type=Path,
        metavar="FOLDER",
        help=f"output folder of a training{alone}",
    )
    parser.add_argument("--ckpt", type=Path, help="weights (default: the config's)")
    parser.add_argument(
        "--config_file", nargs="+", type=Path, default=[], help="config and overlays (default: configs/inference.json)"
    )
    parser.add_argument("--device", help="cpu, cuda:0, … (default: the config's; exported models run on the CPU)")


def add_runtime_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a runtime and a precision to `parser`."""
    parser.add_argument(
        "--runtime", default=AUTO, help=f"{', '.join((AUTO, *PRECISIONS))} (default: %(default)s, the fastest)"
    )
    parser.add_argument(
        "--precision", help="float32, bfloat16 or int8 (default: the fastest that passed the gate here, else float32)"
    )


def chosen_network(args: argparse.Namespace) -> ChosenNetwork:
    """Return the network that the parsed options choose."""
    chosen = ChosenNetwork(args.trained_run, tuple(args.config_file), args.ckpt, args.device)
    return replace(chosen, runtime=args.runtime, precision=args.precision) if "runtime" in args else chosen
