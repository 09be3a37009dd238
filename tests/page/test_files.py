# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""The page reads PNG and DICOM to the grey levels that Python reads, and refuses the rest with one sentence."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from scripts.images.file_types import open_image
from scripts.images.single_image import read_image
from tests.page.javascript import JavaScriptError, needs_node, run

pytestmark = needs_node

READ_PNG = "return await lightbtseg.pngReader.readPng(bytes, () => {})"
READ_DICOM = "return lightbtseg.dicom.readDicom(bytes, () => {})"


def noise(*shape, dtype=np.uint8):
    """Random values of the whole range of their type."""
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def png(image, **options):
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, "PNG", **options)
    return file.getvalue()


def smooth():
    """A gradient, which PNG stores by other filters than noise."""
    y, x = np.mgrid[:40, :50]
    return (2 * x + 3 * y).astype(np.uint8)


PICTURES = {
    "grey": png(noise(20, 31)),
    "gradient": png(smooth(), optimize=True),
    "1 bit": png(Image.fromarray(noise(19, 21) > 128)),
    "2 bits": png(Image.fromarray(noise(9, 13) // 64).convert("P", palette=Image.Palette.ADAPTIVE, colors=4), bits=2),
    "16 bits": png(noise(12, 17, dtype=np.uint16)),
    "RGB": png(noise(20, 31, 3)),
    "grey and alpha": png(Image.fromarray(noise(20, 31, 2), "LA")),
    "RGBA": png(noise(20, 31, 4)),
    "palette": png(Image.fromarray(noise(20, 31, 3)).quantize(200)),
    "transparent palette": png(Image.fromarray(noise(20, 31, 3)).quantize(50), transparency=3),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_png(kind, tmp_path):
    (tmp_path / "a.png").write_bytes(PICTURES[kind])
    expected = read_image(tmp_path / "a.png")
    np.testing.assert_array_equal(run(READ_PNG, bytes=PICTURES[kind]), expected)


def test_interlaced_png(tmp_path):
    """Pillow reads them, but writes none; this one is written here, unfiltered."""
    import struct
    import zlib

    grey = noise(11, 13)
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    lines = b"".join(
        b"\0" + row.tobytes() for top, left, down, right in passes for row in grey[top::down, left::right] if row.size
    )

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", grey.shape[1], grey.shape[0], 8, 0, 0, 0, 1)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(content)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), grey)
    np.testing.assert_array_equal(run(READ_PNG, bytes=content), grey)


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return png(noise(10, 12), exif=exif)


def changed(content, place):
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def animated():
    frames = [Image.fromarray(noise(8, 8)), Image.fromarray(255 - noise(8, 8))]
    return png(frames[0], save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    "content, message",
    [
        (PICTURES["grey"][:-5], "The PNG file is truncated."),
        (PICTURES["grey"][:200], "The PNG file is truncated."),
        (changed(PICTURES["grey"], 100), "The PNG file is damaged."),
        (PICTURES["grey"][:8], "The PNG file is truncated."),
        (animated(), "The PNG file is animated; this page reads single images."),
        (turned(), "The PNG file is turned by its EXIF orientation; save it upright."),
    ],
)
def test_png_that_is_refused(content, message):
    with pytest.raises(JavaScriptError) as error:
        run(READ_PNG, bytes=content)
    assert str(error.value) == message


def test_upright_exif_and_text_change_nothing(tmp_path):
    exif, text = Image.Exif(), PngImagePlugin.PngInfo()
    exif[0x0112] = 1
    text.add_text("a", "b")
    content = png(noise(10, 12), exif=exif, pnginfo=text)
    np.testing.assert_array_equal(run(READ_PNG, bytes=content), noise(10, 12))


def test_masks_are_written_as_png():
    mask = noise(30, 41) > 128
    code = (
        "const blob = await lightbtseg.pngWriter.writePng(mask); return [...new Uint8Array(await blob.arrayBuffer())]"
    )
    picture = Image.open(io.BytesIO(bytes(run(code, mask=mask))))
    assert picture.mode == "L"
    np.testing.assert_array_equal(np.asarray(picture), np.where(mask, 255, 0))


def dicom_module():
    pytest.importorskip("pydicom", reason="needs requirements-predict.txt")
    from tests.images import dicom

    return dicom


def grey_and_regions(path):
    file = open_image(path)
    return next(file.read()), file.regions, file.identifiers


@pytest.mark.parametrize("syntax", ["implicit", "explicit"])
@pytest.mark.parametrize("kind", ["MONOCHROME2", "MONOCHROME1", "RGB", "RGB by plane"])
def test_dicom(kind, syntax, tmp_path):
    dicom = dicom_module()
    dataset = dicom.coded(kind, noise(31, 45))
    dataset.PixelSpacing = [0.08, 0.1]
    path = dicom.write(dicom.compressed(dataset, syntax), tmp_path)
    grey, (region,), identifiers = grey_and_regions(path)
    result = run(READ_DICOM, bytes=path.read_bytes())
    np.testing.assert_array_equal(result["grey"], grey)
    assert result["identifiers"] == identifiers
    assert result["regions"] == [
        {
            "top": 0,
            "left": 0,
            "bottom": 31,
            "right": 45,
            "isLowPriority": False,
            "spacing": [0.08, 0.1],
            "spacingFrom": region.spacing_from,
        }
    ]


def changes():
    """Attributes that tell where the tissue is and how large a pixel is, or fail to."""
    dicom = dicom_module()
    from pydicom import Dataset

    region = dicom.region

    def group(*spacing):
        measures, group = Dataset(), Dataset()
        measures.PixelSpacing = list(spacing)
        group.PixelMeasuresSequence = [measures]
        return group

    left, right = region(0, 0, 30, 20, 0.01, 0.01), region(0, 21, 30, 44, 0.02, 0.02)
    return {
        "nothing": {},
        "1×1": {"PixelSpacing": [1, 1]},
        "zero": {"PixelSpacing": [0, 0.1]},
        "rescaled": {"RescaleSlope": 2.5, "RescaleIntercept": -10},
        "two regions": {"SequenceOfUltrasoundRegions": [left, right]},
        "beyond the image": {"SequenceOfUltrasoundRegions": [region(0, 0, 99, 20, 0.01, 0.01)]},
        "end exclusive": {"SequenceOfUltrasoundRegions": [region(0, 0, 31, 45, 0.01, 0.01)]},
        "flow on tissue": {
            "SequenceOfUltrasoundRegions": [left, region(5, 5, 20, 15, 0.01, 0.01, RegionDataType=2)],
        },
        "a spectrum": {
            "SequenceOfUltrasoundRegions": [left, region(0, 21, 30, 44, 1, 1, RegionSpatialFormat=3)],
        },
        "seconds": {
            "PixelSpacing": [0.3, 0.3],
            "SequenceOfUltrasoundRegions": [region(0, 0, 30, 20, 0.01, 0.01, PhysicalUnitsXDirection=4)],
        },
        "low priority": {"SequenceOfUltrasoundRegions": [region(0, 0, 30, 44, 0.01, 0.01, RegionFlags=1), left]},
        "shared group": {"SharedFunctionalGroupsSequence": [group(0.2, 0.3)]},
        "group of a frame": {"PerFrameFunctionalGroupsSequence": [group(0.2, 0.3)]},
        "film": {"NominalScannedPixelSpacing": [0.2, 0.3]},
    }


@pytest.mark.parametrize("syntax", ["implicit", "explicit"])
@pytest.mark.parametrize(
    "kind",
    [
        "nothing", "1×1", "zero", "rescaled", "two regions", "beyond the image", "end exclusive", "flow on tissue",
        "a spectrum", "seconds", "low priority", "shared group", "group of a frame", "film",
    ],
)  # fmt: skip
def test_regions_and_spacing_of_dicom(kind, syntax, tmp_path):
    dicom = dicom_module()
    dataset = dicom.instance(noise(31, 45), "MONOCHROME2", **changes()[kind])
    path = dicom.write(dicom.compressed(dataset, syntax), tmp_path)
    grey, regions, _ = grey_and_regions(path)
    result = run(READ_DICOM, bytes=path.read_bytes())
    np.testing.assert_allclose(result["grey"], grey, rtol=1e-6)
    assert len(result["regions"]) == len(regions)
    for region, expected in zip(result["regions"], regions):
        assert [region[side] for side in ("top", "left", "bottom", "right")] == [
            expected.top, expected.left, expected.bottom, expected.right,
        ]  # fmt: skip
        assert region["isLowPriority"] == expected.is_low_priority
        assert (region["spacing"] is None) == (expected.spacing is None)
        if expected.spacing:
            assert region["spacing"] == pytest.approx(list(expected.spacing))
            assert region["spacingFrom"] == expected.spacing_from


def test_a_file_without_preamble_and_with_sequences_of_undefined_length(tmp_path):
    dicom = dicom_module()
    dataset = dicom.instance(noise(31, 45), "MONOCHROME2", **changes()["two regions"])
    for syntax in ("explicit", "implicit"):
        dataset = dicom.compressed(dataset, syntax)
        dataset["SequenceOfUltrasoundRegions"].is_undefined_length = True
        for item in dataset.SequenceOfUltrasoundRegions:
            item.is_undefined_length_sequence_item = True
        private = dataset.private_block(0x4001, "none", create=True)
        private.add_new(1, "SQ", [dicom.region(0, 0, 1, 1, 1, 1)])
        content = dicom.write(dataset, tmp_path).read_bytes()
        length = int.from_bytes(content[140:144], "little")
        for part in (content, content[132:], content[144 + length :]):
            result = run(f"return lightbtseg.dicom.isDicom(bytes) && {READ_DICOM[7:]}", bytes=part)
            np.testing.assert_array_equal(result["grey"], noise(31, 45))
            assert len(result["regions"]) == 2


def refused():
    dicom = dicom_module()
    grey = noise(32, 46)
    colour = np.repeat(grey[..., None], 3, axis=2)
    plain = dicom.instance(grey, "MONOCHROME2")
    return {
        "RLE": (dicom.coded("RLE", grey), "is compressed; this page reads uncompressed little endian files only."),
        "JPEG": (dicom.compressed(dicom.instance(grey, "MONOCHROME2"), "JPEG"), "is compressed"),
        "big endian": (dicom.compressed(dicom.instance(grey, "MONOCHROME2"), "big endian"), "is big endian"),
        "16 bits": (dicom.coded("16 bit", grey), "has 16 bits; this page reads 8 bits without a sign."),
        "YBR": (dicom.instance(colour, "YBR_FULL"), "has pixels of the kind YBR_FULL; this page reads grey and RGB."),
        "palette": (dicom.coded("PALETTE COLOR", grey), "has pixels of the kind PALETTE COLOR"),
        "clip": (dicom.clip([grey] * 3, "MONOCHROME2"), "is a clip of 3 frames; this page reads single images."),
        "CT": (dicom.instance(grey, "MONOCHROME2", Modality="CT"), "has the modality CT; it must be US (ultrasound)."),
        "short": (dicom.instance(grey, "MONOCHROME2", Rows=40), "is truncated"),
        "cut": (plain, "is truncated"),
        "no image": (plain, "has no image."),
    }


@pytest.mark.parametrize(
    "kind", ["RLE", "JPEG", "big endian", "16 bits", "YBR", "palette", "clip", "CT", "short", "cut", "no image"]
)
def test_dicom_that_is_refused(kind, tmp_path):
    dataset, message = refused()[kind]
    if kind == "no image":
        del dataset.PixelData
    content = dicom_module().write(dataset, tmp_path).read_bytes()
    for part in [content[: len(content) - 700], content[:400]] if kind == "cut" else [content]:
        with pytest.raises(JavaScriptError) as error:
            run(READ_DICOM, bytes=part)
        sentence = str(error.value)
        assert sentence.startswith(f"The DICOM file {message}")
        assert sentence.endswith(".") and "\n" not in sentence


def test_a_damaged_dicom_file_never_hangs_or_fails_otherwise():
    """Bytes changed at random give an image or one sentence."""
    dicom = dicom_module()
    dataset = dicom.instance(noise(8, 9), "MONOCHROME2", **changes()["two regions"])
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    code = """
    const answers = new Set();
    let state = 1;
    const next = (limit) => (state = (state * 48271) % 2147483647) % limit;
    for (let i = 0; i < 3000; i++) {
      const changed = Uint8Array.from(bytes);
      for (let j = 0; j < 3; j++) changed[132 + next(changed.length - 132)] = next(256);
      try {
        lightbtseg.dicom.readDicom(changed, (rows, columns) => {
          if (rows * columns > 1e6) throw new lightbtseg.readingError.ReadingError("The image is too large.");
        });
      } catch (error) {
        if (!(error instanceof lightbtseg.readingError.ReadingError)) answers.add(error.stack);
      }
    }
    return [...answers];
    """
    assert run(code, bytes=file.getvalue()) == []


def test_the_table_is_safe_for_spreadsheets():
    rows = [{"file": '=1+1,"a".png', "area": -3.5, "note": "-"}, {"file": "Ä b.png", "area": None}]
    text = run("return lightbtseg.results.csvText(rows, columns)", rows=rows, columns=["file", "area", "note"])
    assert text == 'file,area,note\n"\'=1+1,""a"".png",-3.5,\'-\nÄ b.png,,\n'


@pytest.mark.parametrize(
    "name, mask",
    [("a.png", "a_mask.png"), ("b.c.JPEG", "b.c_mask.png"), ("1.2.3", "1.2.3_mask.png"), (".dcm", ".dcm_mask.png")],
)
def test_masks_are_named_like_those_of_predict(name, mask):
    assert run("return lightbtseg.results.maskName(name)", name=name) == mask
