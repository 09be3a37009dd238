# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Pseudonyms for the names, UIDs and patients of a prediction, from a key that stays with whoever has the images."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..errors import InputError
from ..files.atomic import atomic_write
from ..files.json_file import read_json

KEY_BYTES = 32
DIGITS = 32


class Pseudonyms:
    """Replaces texts by hexadecimal digits: the same text by the same digits, which say nothing without the key.

    Args:
        path: the key file; created if missing.
        results: results folder, in which the key may not lie.

    Raises:
        InputError: the file is in the results folder, is no key file, or cannot be read or written.
    """

    def __init__(self, path: Path, results: Path) -> None:
        self.path = path
        if path.resolve().is_relative_to(results.resolve()):
            raise InputError(f"--anonymise {path}: is in the results folder; the key must not be given away with them")
        if path.is_dir():
            raise InputError(f"--anonymise {path}: is a folder; give the name of a key file, or of a new one")
        if not path.exists():
            self._create()
        content = read_json(path)
        try:
            self._key, self._files = bytes.fromhex(content["key"]), dict(content["files"])
        except (KeyError, TypeError, ValueError):
            self._key = b""
        if len(self._key) != KEY_BYTES:
            raise InputError(f"--anonymise {path}: is not a key file; give the name of one, or of a new file")

    def __call__(self, text: str) -> str:
        """Return `DIGITS` hexadecimal digits that stand for a text."""
        return hmac.new(self._key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()[:DIGITS]

    def note(self, files: Mapping[str, Path]) -> None:
        """Write to the key file which file each pseudonym stands for, beside those that it has.

        Raises:
            InputError: it cannot be written.
        """
        self._files |= {pseudonym: str(path) for pseudonym, path in files.items()}
        with atomic_write(self.path) as partial:
            self._write(partial)

    def _create(self) -> None:
        self._key, self._files = secrets.token_bytes(KEY_BYTES), {}
        made = self.path.with_name(f".{self.path.name}.{os.getpid()}.partial")
        try:
            self._write(made)
            with suppress(FileExistsError):  # another shard was faster: its key counts
                os.link(made, self.path)
        except OSError as error:
            raise InputError(f"--anonymise {self.path}: cannot be written: {error.strerror}") from None
        finally:
            made.unlink(missing_ok=True)

    def _write(self, path: Path) -> None:
        path.touch(mode=0o600)
        path.write_text(json.dumps({"key": self._key.hex(), "files": self._files}, indent=4) + "\n", encoding="ascii")
