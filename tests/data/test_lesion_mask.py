# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""What of a mask is lesion, however the mask was saved, and what is refused as none."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
from monai.data import MetaTensor
from PIL import Image, ImageFilter
from torch import zeros

from scripts.data.datalist import build_datalist
from scripts.data.lesion_mask import LoadLesionMaskd, read_ground_truth, read_mask
from scripts.errors import InputError
from tests.paths import PUBLISHED_DATA, SHARED

CASES = SHARED / "cases" / "masks"
ROWS, COLUMNS = 120, 160
TOLERANCE = 0.02  # of the lesion's area


def drawn() -> np.ndarray:
    """Return a mask with a large lesion and a small one: bool (ROWS, COLUMNS)."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    large = ((x - 60) / 30) ** 2 + ((y - 55) / 22) ** 2 < 1
    return large | (np.hypot(x - 125, y - 80) < 9)


LESION = drawn()
CLEAN = Image.fromarray(np.where(LESION, 255, 0).astype(np.uint8))
INSIDE = np.arange(COLUMNS) < 100  # columns with the large lesion


def values(background: int, large: int, small: int | None = None, dtype: type = np.uint8) -> np.ndarray:
    small = large if small is None else small
    return np.where(LESION, np.where(INSIDE, large, small), background).astype(dtype)


def again(image: Image.Image, kind: str, **options: int) -> Image.Image:
    """Save and open."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return Image.open(io.BytesIO(file.getvalue()))


def coloured(background: tuple[int, ...], lesion: tuple[int, ...]) -> Image.Image:
    """Return a picture in two colours, RGB or RGBA."""
    return Image.fromarray(np.where(LESION[..., None], np.uint8(lesion), np.uint8(background)))


def palette(*colours: tuple[int, int, int]) -> Image.Image:
    """Return a picture of indices 0 and 1 into colours."""
    image = Image.new("P", (COLUMNS, ROWS))
    image.putpalette([level for colour in colours for level in colour])
    image.putdata(LESION.astype(np.uint8).ravel().tolist())
    return image


def resized(scale: float, method: Image.Resampling) -> Image.Image:
    """Return the mask scaled and scaled back, as a pipeline with another working size does."""
    size = (round(COLUMNS * scale), round(ROWS * scale))
    return CLEAN.resize(size, method).resize(CLEAN.size, Image.Resampling.BICUBIC)


def with_key(image: Image.Image, transparent: int) -> Image.Image:
    """Return a grey PNG of which one level is transparent."""
    return again(image, "PNG", transparency=transparent)


SAME = {
    **{f"JPEG of quality {q}": again(CLEAN, "JPEG", quality=q) for q in (10, 30, 50, 75, 95, 100)},
    "JPEG as PNG": again(again(CLEAN, "JPEG", quality=60), "PNG"),
    "JPEG in colour": again(coloured((0, 0, 0), (255, 255, 255)), "JPEG", quality=75),
    "red JPEG": again(coloured((0, 0, 0), (255, 0, 0)), "JPEG", quality=80),
    "WebP": again(CLEAN, "WEBP", quality=60),
    **{f"resized by {method.name}": resized(0.5, method) for method in Image.Resampling if method},
    "enlarged": resized(2.3, Image.Resampling.BILINEAR),
    "blurred": CLEAN.filter(ImageFilter.GaussianBlur(1)),
    "white, the lesion in alpha": coloured((255, 255, 255, 0), (255, 255, 255, 255)),
    "black, the lesion in alpha": coloured((0, 0, 0, 0), (0, 0, 0, 255)),
    "grey and alpha": coloured((255, 255, 255, 0), (255, 255, 255, 255)).convert("LA"),
    "a soft alpha": again(Image.merge("LA", (CLEAN.point(lambda v: 255), resized(0.5, Image.Resampling.BOX))), "PNG"),
    "red on transparent white": coloured((255, 255, 255, 0), (255, 0, 0, 255)),
    "white on transparent black": coloured((0, 0, 0, 0), (255, 255, 255, 255)),
    "opaque": coloured((0, 0, 0, 255), (255, 255, 255, 255)),
    "of one opacity": coloured((0, 0, 0, 120), (255, 255, 255, 120)),
    "black made transparent": with_key(CLEAN, 0),
    "blue": coloured((0, 0, 0), (0, 0, 90)),
    "colours of a plot": coloured((68, 1, 84), (253, 231, 36)),
    "palette": palette((0, 0, 0), (128, 0, 0)),
    "coded 0 and 1": Image.fromarray(values(0, 1)),
    "coded 0 and 2": Image.fromarray(values(0, 2)),
    "coded 1 and 2": Image.fromarray(values(1, 2)),
    "coded 1 and 255": Image.fromarray(values(1, 255)),
    "16 bits": Image.fromarray(values(0, 65535, dtype=np.uint16)),
    "16 bits, coded 0 and 1": Image.fromarray(values(0, 1, dtype=np.uint16)),
    "32 bits": Image.fromarray(values(0, 1, dtype=np.int32)),
    "probabilities": Image.fromarray(np.asarray(resized(0.5, Image.Resampling.BOX), np.float32) / 255),
    "1 bit": CLEAN.convert("1"),
}

NOISE = np.random.default_rng(0).integers(0, 256, (ROWS, COLUMNS), np.uint8)
REFUSED = {
    "inverted": (Image.fromarray(values(255, 0)), "is it inverted?"),
    "inverted JPEG": (again(Image.fromarray(values(255, 0)), "JPEG", quality=75), "is it inverted?"),
    "inverted alpha": (coloured((255, 255, 255, 255), (255, 255, 255, 0)), "is it inverted?"),
    "inverted, coded 1 and 2": (Image.fromarray(values(2, 1)), "is it inverted?"),
    "white everywhere": (CLEAN.point(lambda v: 255), "every pixel of the mask has the value 255; there is no back"),
    "nearly everywhere": (Image.fromarray(np.pad(np.full((116, 156), 255, np.uint8), 2)), "94% of the image"),
    "two labels": (Image.fromarray(values(0, 1, 2)), "the values 0, 1, 2, and it is unclear which are lesion"),
    "three labels": (Image.fromarray(values(1, 2, 3)), "the values 1, 2, 3"),
    "trimap": (Image.fromarray(values(0, 255, 128)), "areas of the value 128 besides 0 and 255"),
    "faint second lesion": (Image.fromarray(values(0, 255, 40)), "areas of the value 40"),
    "ignored label": (Image.fromarray(values(0, 255, 1)), "areas of the value 1"),
    "trimap, JPEG": (again(Image.fromarray(values(0, 255, 128)), "JPEG", quality=80), "areas of the value 12"),
    "codes in JPEG": (again(Image.fromarray(values(0, 1)), "JPEG", quality=95), "lossy compression alters"),
    "noise": (Image.fromarray(NOISE), "not a mask: it has 256 grey levels"),
    "lesion cut out": (Image.fromarray(NOISE * LESION), "not a mask"),
    "lesion painted on the image": (Image.fromarray(np.where(LESION, 255, NOISE // 2 + 40)), "not a mask"),
    "blurred beyond use": (CLEAN.filter(ImageFilter.GaussianBlur(15)), "not a mask"),
    "transparent": (coloured((0, 0, 0, 0), (255, 255, 255, 0)), "transparent everywhere"),
    "black on transparent white": (coloured((255, 255, 255, 0), (0, 0, 0, 255)), "black on transparency"),
    "white made transparent": (with_key(CLEAN, 255), "black on transparency"),
    "red on blue": (coloured((0, 0, 255), (255, 0, 0)), "there is no background"),
    "negative": (Image.fromarray(values(-1, 1, dtype=np.int32)), "negative"),
    "not a number": (Image.fromarray(np.where(LESION, np.nan, 0).astype(np.float32)), "NaN"),
}


def written(image: Image.Image, folder: Path) -> Path:
    """Write a mask in a kind of file that keeps it as it is, unless it came in one."""
    suffix = {"JPEG": ".jpg", "WEBP": ".webp"}.get(image.format or "", ".tif" if image.mode in ("F", "I") else ".png")
    path = folder / f"mask{suffix}"
    path.write_bytes(image.fp.getvalue()) if image.format else image.save(path)
    return path


@pytest.mark.parametrize("name", SAME)
def test_the_same_lesion_however_it_was_saved(tmp_path: Path, name: str) -> None:
    lesion = read_mask(written(SAME[name], tmp_path), tmp_path / "image.png", LESION.shape)
    assert lesion.dtype == bool
    assert abs(lesion.sum() / LESION.sum() - 1) <= TOLERANCE
    assert (lesion & LESION).sum() >= (1 - TOLERANCE) * LESION.sum()


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_mask(tmp_path: Path, name: str) -> None:
    image, message = REFUSED[name]
    path = written(image, tmp_path)
    with pytest.raises(InputError) as caught:
        read_mask(path, tmp_path / "image.png", LESION.shape)
    assert str(caught.value).startswith(f"{path}: ") and message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16", "F"])
def test_a_blank_mask_marks_nothing(tmp_path: Path, mode: str) -> None:
    path = written(Image.new("L", (COLUMNS, ROWS)).convert(mode), tmp_path)
    assert not read_mask(path, path, LESION.shape).any()


def test_checks_training_and_evaluation_agree(tmp_path: Path, save: Callable, twins: Callable) -> None:
    for name in ("a", "b"):
        save(f"images/benign/{name}.png", size=(COLUMNS, ROWS))
        (tmp_path / "data/masks/benign").mkdir(parents=True, exist_ok=True)
    folder = tmp_path / "data/masks/benign"
    for name, image in (("a", "JPEG of quality 30"), ("b", "resized by HAMMING")):
        SAME[image].convert("L").save(folder / f"{name}.png")
    build_datalist(tmp_path / "data", num_folds=2)
    image = MetaTensor(zeros(1, COLUMNS, ROWS), meta={"filename_or_obj": "image.png"})
    masks = [str(folder / "a.png"), str(folder / "b.png")]
    label = LoadLesionMaskd("label")({"image": image, "label": masks})["label"]
    assert label.shape == (1, COLUMNS, ROWS) and set(label.unique().tolist()) == {0, 1}
    assert np.array_equal(label[0].numpy().T == 1, read_ground_truth(masks, Path("image.png"), LESION.shape))
    REFUSED["lesion cut out"][0].save(folder / "b.png")
    for read in (
        lambda: build_datalist(tmp_path / "data", num_folds=2),
        lambda: LoadLesionMaskd("label")({"image": image, "label": masks}),
        lambda: read_ground_truth(masks, Path("image.png"), LESION.shape),
    ):
        with pytest.raises(InputError, match=r"b\.png: not a mask"):
            read()


def test_another_size_is_told_first(tmp_path: Path) -> None:
    path = written(REFUSED["white everywhere"][0], tmp_path)
    with pytest.raises(InputError, match="the mask has 160×120 pixels, but its image 'a.png' has 24×16"):
        read_mask(path, Path("a.png"), (16, 24))


@pytest.mark.parametrize("levels", [(0, 1), (0, 255)])
def test_a_label_of_an_application(tmp_path: Path, levels: tuple[int, int]) -> None:
    path = tmp_path / "label.nii.gz"
    nibabel.save(nibabel.Nifti1Image(values(*levels).T, np.eye(4)), path)
    assert np.array_equal(read_mask(path, path, LESION.shape), LESION)
    nibabel.save(nibabel.Nifti1Image(values(0, 1, 2).T, np.eye(4)), path)
    with pytest.raises(InputError, match=r"label\.nii\.gz: the mask has the values 0, 1, 2"):
        read_mask(path, path, LESION.shape)


def test_a_normal_image_of_busi_with_a_lesion(busi: Path, twins: Callable, save: Callable) -> None:
    save("normal/normal (3)_mask.png")
    with pytest.raises(InputError, match=r"normal \(3\)_mask\.png: the mask marks a lesion, but its image is normal"):
        build_datalist(busi)


# ---------------------------------------------------------------- published masks, and those kept beside the repository


@pytest.mark.skipif(not PUBLISHED_DATA.is_dir(), reason=f"the published datasets are not in {PUBLISHED_DATA}")
@pytest.mark.parametrize(
    ("pattern", "count"), [("busi/**/*_mask*.png", 798), ("breast/**/*_tumor*.png", 252), ("busbra/Masks/*.png", 1875)]
)
def test_published_masks_are_what_is_not_black(pattern: str, count: int) -> None:
    paths = sorted(PUBLISHED_DATA.glob(pattern))
    assert len(paths) == count
    for path in paths[::5]:  # all take half a minute
        with Image.open(path) as image:
            marked = np.asarray(image.convert("L")) > 0
        assert np.array_equal(read_mask(path, path, marked.shape), marked), path


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the masks are not in {CASES}")
@pytest.mark.parametrize("path", sorted(CASES.glob("*/masks/*")), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_masks_saved_in_other_ways(path: Path) -> None:
    with Image.open(CASES / "png/masks" / f"{path.stem}.png") as image:
        marked = np.asarray(image) > 0
    if path.parts[-3] == "inverted":
        with pytest.raises(InputError, match="is it inverted?"):
            read_mask(path, path, marked.shape)
        return
    lesion = read_mask(path, path, marked.shape)
    assert (lesion ^ marked).sum() <= TOLERANCE * marked.sum()
