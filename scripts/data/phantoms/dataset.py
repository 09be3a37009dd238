# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Sample data: a folder of phantoms with the layout of BUSI, for use without a data set."""

from __future__ import annotations

import json
import shutil
import uuid
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ...errors import InputError
from ...files.json_file import read_json
from .anatomy import draw_breast
from .lesions import draw_outline, paint_lesion
from .marks import burn_marks
from .physics import acquire, draw_scanner

KINDS = ("benign", "malignant", "normal")
NAME, PARAMETERS_FILE = "phantoms", "phantoms.json"
GENERATOR_VERSION = 1  # raise it with every change that alters pixels
MIN_SIDE = 64
_SECOND_LESION = 0.1  # fraction of the benign images


def render_phantom(kind: str, size: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, list[np.ndarray]]:
    """Render one phantom.

    Args:
        kind: one of `KINDS`.
        size: (rows, cols) of the image, each at least `MIN_SIDE`.
        rng: random number generator.

    Returns:
        The image, uint8 (rows, cols), and the masks of its lesions, bool (rows, cols) each: none for ``"normal"``,
        one, or sometimes two for ``"benign"``.

    Raises:
        InputError: invalid `kind` or `size`.
    """
    if kind not in KINDS:
        raise InputError(f"kind {kind!r}: must be one of {', '.join(KINDS)}")
    size = _checked_size(size)
    tissue = draw_breast(size, rng)
    masks: list[np.ndarray] = []
    taken = np.zeros(size, bool)
    wanted = 0 if kind == "normal" else 1 + int(kind == "benign" and rng.random() < _SECOND_LESION)
    while len(masks) < wanted:
        outline = draw_outline(kind, size, rng, taken)
        if outline is None and masks:
            break  # no room for a second lesion
        if outline is None:
            raise InputError(f"size {size}: too elongated for a lesion; choose sides of similar length")
        masks.append(paint_lesion(tissue, outline, kind, rng))
        taken |= masks[-1]
    image = acquire(tissue, draw_scanner(size[0], rng), rng)
    burn_marks(image, masks, rng)
    return image, masks


def make_phantoms(
    folder: str | Path,
    benign: int = 72,
    malignant: int = 48,
    normal: int = 12,
    size: tuple[int, int] = (160, 192),
    seed: int = 0,
) -> Path:
    """Write phantoms with the layout of BUSI: ``benign/benign (1).png``, ``benign/benign (1)_mask.png``, ...

    Images are 8-bit grey PNG files, masks 0 and 255. A second lesion has its own mask ``..._mask_1.png``; normal images
    have an empty mask. Image k of a class depends only on `seed`, `size`, the class and k. The folder is created
    atomically. A folder that already holds the same phantoms is not changed.

    Args:
        folder: folder to write; missing or empty.
        benign: number of images with benign lesions.
        malignant: number of images with malignant lesions.
        normal: number of images without lesions.
        size: (rows, cols) of every image, each at least `MIN_SIDE`.
        seed: random seed, 0 or greater.

    Returns:
        The folder.

    Raises:
        InputError: an argument is out of range, or the folder holds other files.
    """
    folder = Path(folder)
    counts = {"benign": benign, "malignant": malignant, "normal": normal}
    for name, value in {**counts, "seed": seed}.items():
        if not isinstance(value, Integral) or value < 0:
            raise InputError(f"{name} {value!r}: must be a whole number of at least 0")
    if not sum(counts.values()):
        raise InputError("benign 0, malignant 0, normal 0: at least one image is needed")
    counts = {kind: int(count) for kind, count in counts.items()}
    size = _checked_size(size)
    parameters = {"generator_version": GENERATOR_VERSION, **counts, "size": list(size), "seed": int(seed)}
    if _holds_phantoms(folder, parameters):
        return folder

    # Next to the folder, because a rename is atomic only within one file system.
    partial = folder.absolute().with_name(f".{folder.absolute().name}.{uuid.uuid4().hex}.partial")
    try:
        partial.mkdir(parents=True)
        for number, kind in enumerate(KINDS):
            (partial / kind).mkdir()
            for k in range(1, counts[kind] + 1):
                image, masks = render_phantom(kind, size, np.random.default_rng([int(seed), number, k]))
                _write_case(partial / kind, f"{kind} ({k})", image, masks)
        (partial / PARAMETERS_FILE).write_text(json.dumps(parameters, indent=2) + "\n", encoding="utf-8")
        if folder.is_dir():
            folder.rmdir()  # fails if another process has just filled it
        partial.rename(folder)
    except OSError as error:
        # Another process may have written the same phantoms meanwhile.
        if not _holds_phantoms(folder, parameters):
            raise InputError(f"{folder}: cannot write phantoms ({error}); choose another folder") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def phantom_parameters(folder: str | Path) -> dict[str, Any] | None:
    """Return what decides how the phantoms of a folder look, None if it was not written by `make_phantoms`.

    The numbers of images are not among it: image k of a class is the same in a smaller and a larger folder.

    Raises:
        InputError: the parameters file is damaged.
    """
    path = Path(folder) / PARAMETERS_FILE
    if not path.is_file():
        return None
    parameters = read_json(path)
    if not isinstance(parameters, dict):
        raise InputError(f"{path}: is damaged; delete the folder, and make the phantoms again")
    return {name: value for name, value in parameters.items() if name not in KINDS}


def _checked_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return `size` as two ints; raise InputError if it is invalid."""
    sides = tuple(size) if isinstance(size, (tuple, list)) else ()
    if len(sides) != 2 or not all(isinstance(side, Integral) and side >= MIN_SIDE for side in sides):
        raise InputError(f"size {size!r}: must be (rows, columns), whole numbers of at least {MIN_SIDE}")
    return int(sides[0]), int(sides[1])


def _write_case(folder: Path, name: str, image: np.ndarray, masks: list[np.ndarray]) -> None:
    """Write an image and its masks; an image without lesions gets an empty mask."""
    Image.fromarray(image).save(folder / f"{name}.png")
    for number, mask in enumerate(masks or [np.zeros(image.shape, bool)]):
        suffix = f"_mask_{number}" if number else "_mask"
        Image.fromarray(mask.astype(np.uint8) * 255).save(folder / f"{name}{suffix}.png")


def _holds_phantoms(folder: Path, parameters: dict[str, object]) -> bool:
    """Return whether `folder` holds the phantoms of `parameters`; False if it is missing or empty.

    Raises:
        InputError: it holds other files.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return False
    try:
        found = json.loads((folder / PARAMETERS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{folder}: holds other files than phantoms; choose another folder") from None
    if found != parameters:
        raise InputError(f"{folder}: holds phantoms of other parameters ({found}); delete it or choose another folder")
    for kind in KINDS:
        wanted = {f"{kind} ({k})" for k in range(1, int(str(parameters[kind])) + 1)}
        images = {path.stem for path in (folder / kind).glob("*.png") if "_mask" not in path.stem}
        if images != wanted or not all((folder / kind / f"{name}_mask.png").is_file() for name in wanted):
            raise InputError(f"{folder / kind}: phantoms are missing or mixed with other files; delete {folder}")
    return True
