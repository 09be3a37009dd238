# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""PNG, JPEG, BMP, TIFF and WebP of any depth, colour and orientation: the same grey levels give the same mask."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from scripts.images.colours import PREDICTION, rgb
from scripts.images.single_image import read_image
from tests.images.orientations import KINDS as TURNED_KINDS
from tests.images.orientations import ORIENTATION, TURNED, write_turned
from tests.prediction.batches import ellipse, files_below, scene

SHAPE = (61, 84)
LESION = ellipse(SHAPE, (30, 44), (22, 12), 20)
GREY = scene(LESION)
COLOUR = np.repeat(GREY[..., None], 3, axis=2)
WHITE_IS_ZERO = TiffImagePlugin.ImageFileDirectory_v2()
WHITE_IS_ZERO[262] = 0


def grey_png(path, **options):
    Image.fromarray(GREY).save(path, **options)


def palette(path, **options):
    image = Image.fromarray(255 - GREY, "P")
    image.putpalette([255 - value for value in range(256) for _ in range(3)])
    image.save(path, **options)


def alpha(path):
    noise = np.random.default_rng(0).integers(0, 256, SHAPE, dtype=np.uint8)
    Image.fromarray(np.dstack([COLOUR, noise])).save(path)


def grey_alpha(path):
    Image.fromarray(np.dstack([GREY, np.full_like(GREY, 90)]), "LA").save(path)


def deep(path, **options):
    Image.fromarray(GREY.astype(np.uint16) * 257).save(path, **options)


def deep_rgb_png(path):
    """16 bits a colour, which Pillow does not write."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = np.repeat(GREY[..., None], 3, axis=2).astype(">u2") * 257
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", SHAPE[1], SHAPE[0], 16, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    )


def tiff(path, pixels, bits, photometric, order="<", samples=1):
    """A TIFF with one strip, of kinds that Pillow does not write."""
    content = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    rows, columns = pixels.shape[:2]
    tags = [(256, 3, columns), (257, 3, rows), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (273, 4, None),
            (277, 3, samples), (278, 3, rows), (279, 4, len(content)), (339, 3, 1)]  # fmt: skip
    if samples == 3:  # a list of their bits, after the tags
        tags[2] = (258, 3, "bits")
    directory = 8
    after = directory + 2 + 12 * len(tags) + 4
    start = after + (6 if samples == 3 else 0)
    entries = b""
    for tag, kind, value in tags:
        count = 1
        if value == "bits":
            count, kind_format, value = 3, "I", after
        else:
            kind_format = "I" if kind == 4 else "HH"
        value = start if value is None else value
        packed = struct.pack(order + kind_format, *([value] if kind_format == "I" else [value, 0]))
        entries += struct.pack(order + "HHI", tag, kind, count) + packed
    path.write_bytes(
        (b"II*\0" if order == "<" else b"MM\0*")
        + struct.pack(order + "I", directory)
        + struct.pack(order + "H", len(tags))
        + entries
        + bytes(4)
        + (struct.pack(order + "HHH", bits, bits, bits) if samples == 3 else b"")
        + content
    )


KINDS = {
    "grey.png": grey_png,
    "rgb.png": lambda path: Image.fromarray(COLOUR).save(path),
    "palette.png": palette,
    "rgba.png": alpha,
    "grey alpha.png": grey_alpha,
    "16 bit.png": deep,
    "16 bit rgb.png": deep_rgb_png,
    "grey.bmp": grey_png,
    "rgb.bmp": lambda path: Image.fromarray(COLOUR).save(path),
    "palette.bmp": palette,
    "grey.tif": grey_png,
    "lzw.tiff": lambda path: Image.fromarray(COLOUR).save(path, compression="tiff_lzw"),
    "palette.tif": palette,
    "rgba.tif": alpha,
    "16 bit.tif": deep,
    "16 bit deflate.tif": lambda path: deep(path, compression="tiff_deflate"),
    "big.tif": lambda path: Image.fromarray(GREY).save(path, big_tiff=True),
    "32 bit.tif": lambda path: Image.fromarray(GREY.astype(np.int32) * 70000).save(path),
    "float.tif": lambda path: Image.fromarray(GREY.astype(np.float32) / 7 - 20).save(path),
    "16 bit big endian.tif": lambda path: tiff(path, GREY.astype(np.uint16) * 257, 16, 1, ">"),
    "8 bit negative.tif": lambda path: tiff(path, 255 - GREY, 8, 0),
    "16 bit negative.tif": lambda path: tiff(path, (255 - GREY.astype(np.uint16)) * 257, 16, 0),
    "16 bit rgb.tif": lambda path: tiff(path, COLOUR.astype(np.uint16) * 257, 16, 2, samples=3),
    "lossless.webp": lambda path: Image.fromarray(COLOUR).save(path, lossless=True),
    "no suffix": lambda path: Image.fromarray(GREY).save(path, format="PNG"),
    "a scan of 2026.01.05": lambda path: Image.fromarray(GREY).save(path, format="TIFF"),
    "png named.jpg": lambda path: Image.fromarray(GREY).save(path, format="PNG"),
    "tiff named.dcm": lambda path: Image.fromarray(GREY).save(path, format="TIFF"),
    "CAPITALS.PNG": lambda path: Image.fromarray(GREY).save(path, format="PNG"),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_lossless_kind_gives_the_same_mask(batch, folder, name):
    KINDS[name](folder / name)
    outcome = batch()
    assert not outcome.failed
    mask = outcome.mask(name)
    assert mask.dtype == np.uint8 and set(np.unique(mask)) == {0, 255}
    assert ((mask > 0) == LESION).all()
    row = outcome.row(name)
    stem = (
        name.rsplit(".", 1)[0]
        if name[-4:] in (".png", ".bmp", ".tif", "tiff", "webp", ".jpg", ".dcm", ".PNG")
        else name
    )
    assert (row["mask"], row["overlay"]) == (f"{stem}_mask.png", f"{stem}_overlay.jpg")
    assert (row["frame"], row["unit"]) == (None, "pixel")
    assert row["spacing_from"] == "the file format has none: give --spacing"
    assert files_below(outcome.folder) == sorted([f"{stem}_mask.png", f"{stem}_overlay.jpg", "progress.jsonl"])


@pytest.mark.parametrize(
    "mode, options",
    [("L", {}), ("RGB", {}), ("CMYK", {}), ("L", {"progressive": True}), ("RGB", {"exif": b"Exif\0\0x"})],
)
def test_jpeg_gives_nearly_the_same(batch, folder, mode, options):
    Image.fromarray(GREY).convert(mode).save(folder / "a.jpg", quality=95, **options)
    assert ((batch().mask("a.jpg") > 0) != LESION).mean() < 0.01


def test_colours_are_grey_as_in_training(batch, folder):
    """A lesion that is bright in the eye's sense alone."""
    colour = np.zeros((*SHAPE, 3), np.uint8)
    colour[..., 2] = GREY // 2
    colour[LESION] = (0, 255, 0)
    Image.fromarray(colour).save(folder / "a.png")
    assert ((batch().mask("a.png") > 0) == LESION).all()


@pytest.mark.parametrize("options", [{}, {"compression": "tiff_lzw"}])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_a_tiff_of_several_pages_gives_one(batch, folder, options, depth):
    lesions = [ellipse(SHAPE, (30, 30 + 5 * k), (20, 10), 20 * k) for k in range(4)]
    lesions[2][:] = False
    pages = [Image.fromarray(scene(lesion, seed).astype(depth)) for seed, lesion in enumerate(lesions)]
    pages[2] = Image.new(pages[0].mode, SHAPE[::-1])
    pages[0].save(folder / "stack.tif", save_all=True, append_images=pages[1:], **options)
    outcome = batch()
    rows = outcome.rows["stack.tif"]
    assert [row["frame"] for row in rows] == [1, 2, 3, 4]
    assert {row["mask"] for row in rows} == {"stack_mask.tif"}
    with Image.open(outcome.folder / "stack_mask.tif") as masks:
        assert masks.n_frames == 4
        for page, lesion in enumerate(lesions):
            masks.seek(page)
            assert (np.asarray(masks) == 255 * lesion).all()


def test_an_animated_png_is_a_clip(batch, folder):
    frames = [Image.fromarray(scene(ellipse(SHAPE, (30, 30 + 9 * k), (20, 10)), k)) for k in range(3)]
    frames[0].save(folder / "a.png", save_all=True, append_images=frames[1:])
    outcome = batch()
    with Image.open(outcome.folder / outcome.rows["a.png"][0]["mask"]) as masks:
        assert masks.n_frames == 3
        for page, frame in enumerate(frames):
            masks.seek(page)
            assert ((np.asarray(masks) > 0) == (np.asarray(frame) > 200)).all()


def test_a_photograph_with_a_preview_is_one_image(batch, folder):
    preview = Image.new("L", (40, 30))
    Image.fromarray(GREY).save(folder / "a.jpg", format="MPO", save_all=True, append_images=[preview], quality=95)
    outcome = batch()
    assert ((outcome.mask("a.jpg") > 0) != LESION).mean() < 0.01


@pytest.mark.parametrize("spacing, unit, area", [(None, "pixel", 1.0), ((0.2, 0.1), "mm", 0.02)])
def test_a_size_of_the_users(batch, folder, spacing, unit, area):
    grey_png(folder / "a.png", dpi=(300, 300))  # of a page
    row = batch(spacing=spacing).row("a.png")
    assert (row["unit"], row["area"]) == (unit, pytest.approx(LESION.sum() * area))
    assert (row["spacing_row"], row["spacing_column"]) == (spacing or (None, None))
    assert row["spacing_from"] == ("option --spacing" if spacing else "the file format has none: give --spacing")


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2, 3), (5, 5), (12, 700)])
@pytest.mark.parametrize("constant", [True, False])
def test_images_of_hardly_a_size(batch, folder, shape, constant):
    grey = np.full(shape, 77, np.uint8)
    if not constant:
        grey.flat[-1] = 255
    Image.fromarray(grey).save(folder / "a.png")
    outcome = batch()
    assert not outcome.failed
    row = outcome.row("a.png")
    assert outcome.mask("a.png").shape == shape
    varies = grey.min() < grey.max()
    assert row["note"] == (None if varies else "all pixels are equal")
    assert row["area"] == int(varies)


def test_the_overlay_outlines_the_lesion(batch, folder):
    grey_png(folder / "a.png")
    outcome = batch()
    overlay = np.asarray(Image.open(outcome.folder / "a_overlay.jpg")).astype(int)
    assert overlay.shape == (*SHAPE, 3)
    coloured = (np.abs(overlay - rgb(PREDICTION)) < 50).all(axis=2)  # JPEG smooths a line of one pixel
    inner = ellipse(SHAPE, (30, 44), (18, 8), 20)
    outer = ellipse(SHAPE, (30, 44), (26, 16), 20)
    assert coloured[30].sum() >= 2
    assert not coloured[inner].any() and not coloured[~outer].any()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", TURNED_KINDS)
def test_pictures_are_upright_whatever_their_orientation(tmp_path, name, orientation):
    write_turned(tmp_path / name, GREY, orientation)
    grey = read_image(tmp_path / name)
    write_turned(tmp_path / "reference", GREY, 1, kind=name)
    assert grey.shape == SHAPE
    assert (grey == read_image(tmp_path / "reference")).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_masks_lie_in_the_pixels_that_a_viewer_shows(batch, folder, orientation):
    names = ("grey.png", "16 bit.tif", "grey.tif", "lossless.webp")
    for name in names:
        write_turned(folder / name, GREY, orientation)
        (folder / name).rename(folder / f"{name.replace('.', ' ')}{name[-4:]}")
    outcome = batch()
    assert not outcome.failed
    for name in outcome.rows:
        assert ((outcome.mask(name) > 0) == LESION).all()
        assert (outcome.row(name)["last_row"], outcome.row(name)["last_column"]) == tuple(
            int(np.flatnonzero(LESION.any(axis=axis))[-1]) for axis in (1, 0)
        )
    assert len(outcome.rows) == len(names)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_jpeg_is_upright(tmp_path, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    Image.fromarray(np.ascontiguousarray(TURNED[orientation](GREY))).save(tmp_path / "a.jpg", quality=95, exif=exif)
    assert ((read_image(tmp_path / "a.jpg") > 180) != LESION).mean() < 0.01


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_each_page_of_a_tiff_is_upright(batch, folder, orientation):
    lesions = [ellipse(SHAPE, (30, 30 + 5 * k), (20, 10), 20 * k) for k in range(3)]
    pages = [Image.fromarray(np.ascontiguousarray(TURNED[orientation](scene(lesion)))) for lesion in lesions]
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[ORIENTATION] = orientation
    for page in pages:
        page.encoderinfo = {"tiffinfo": tags}
    pages[0].save(folder / "stack.tif", save_all=True, append_images=pages[1:], tiffinfo=tags)
    outcome = batch()
    with Image.open(outcome.folder / outcome.rows["stack.tif"][0]["mask"]) as masks:
        for page, lesion in enumerate(lesions):
            masks.seek(page)
            assert (np.asarray(masks) == 255 * lesion).all()


def test_smaller_copies_in_a_tiff_are_no_images(batch, folder):
    copy = Image.fromarray(GREY).reduce(2)
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1  # a reduced copy of another page
    copy.encoderinfo = {"tiffinfo": tags}
    Image.fromarray(GREY).save(folder / "a.tif", save_all=True, append_images=[copy])
    outcome = batch()
    assert outcome.row("a.tif")["frame"] is None
    assert ((outcome.mask("a.tif") > 0) == LESION).all()


def test_an_animated_webp_is_a_clip(batch, folder):
    frames = [Image.fromarray(scene(ellipse(SHAPE, (30, 30 + 9 * k), (20, 10)), k)).convert("RGB") for k in range(3)]
    frames[0].save(folder / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    outcome = batch()
    with Image.open(outcome.folder / outcome.rows["a.webp"][0]["mask"]) as masks:
        assert masks.n_frames == 3
        for page, frame in enumerate(frames):
            masks.seek(page)
            assert ((np.asarray(masks) > 0) == (np.asarray(frame)[..., 0] > 200)).all()
