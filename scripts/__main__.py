# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Command line: ``python -m scripts COMMAND …``, or ``lightbtseg COMMAND …`` when installed; see `commands`."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Sequence

from . import commands
from .bundle.paths import PROGRAM, install_command
from .bundle.quiet import silence_monai
from .errors import InputError, find_input_error, print_safely


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: arguments after the program's name; None for those of the process.

    Returns:
        Exit status: 0 on success, 2 on a user's mistake, 130 on Ctrl-C.
    """
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="LightBTSeg: breast-tumour segmentation in ultrasound.",
        allow_abbrev=False,
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for found in sorted(pkgutil.iter_modules(commands.__path__), key=lambda module: module.name):
        command = importlib.import_module(f"{commands.__name__}.{found.name}")
        subparser = subparsers.add_parser(
            command.NAME, help=command.HELP, description=command.__doc__, allow_abbrev=False
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run, command=command.NAME)
    args = parser.parse_args(argv)
    silence_monai()
    print_safely()
    try:
        _check_given_once(sys.argv[1:] if argv is None else argv)
        args.run(args)
    except ModuleNotFoundError as error:
        if importlib.util.find_spec("torch"):
            raise
        print(f"error: {args.command}: needs {error.name}: {install_command('train')}", file=sys.stderr)
        return 2
    except Exception as error:  # of any library that ran out of memory
        mistake = find_input_error(error)
        if mistake is None:
            raise
        print(f"error: {mistake}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _check_given_once(argv: Sequence[str]) -> None:
    """Raise if an option is given twice, of which argparse would take the last."""
    names = [word.partition("=")[0] for word in argv if word.startswith("--") and word != "--"]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InputError(f"{twice[0]}: given twice; give it once, with all its values")


if __name__ == "__main__":
    sys.exit(main())
