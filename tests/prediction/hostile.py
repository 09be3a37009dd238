# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Files that are damaged, lie about themselves, or are none; each maker writes one at the path that it is given."""

from __future__ import annotations

import gzip
import io
import os
import socket
import struct
import zipfile
import zlib

import nibabel
import numpy as np
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG2MPML, JPEG2000Lossless, JPEGBaseline8Bit, RLELossless

from tests.images.dicom import clip, compressed, instance, write
from tests.prediction.batches import ellipse, scene

SHAPE = (61, 84)
GREY = scene(ellipse(SHAPE, (30, 44), (22, 12), 20))
FRAMES = np.stack([GREY, GREY, GREY])
COLOUR = np.repeat(GREY[..., None], 3, axis=2)


def text(content):
    return lambda path: path.write_bytes(content)


def picture(kind="PNG", pixels=GREY, **options):
    return lambda path: Image.fromarray(pixels).save(path, format=kind, **options)


def cut(make, share):
    def maker(path):
        make(path)
        content = path.read_bytes()
        path.write_bytes(content[: max(1, int(share * len(content)))])

    return maker


def patched(make, offset, content):
    """With other bytes at an offset, which may be a text to look for."""

    def maker(path):
        make(path)
        before = bytearray(path.read_bytes())
        start = before.index(offset) + len(offset) if isinstance(offset, bytes) else offset
        before[start : start + len(content)] = content
        path.write_bytes(before)

    return maker


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, *further, data=b"\0" * 100):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return text(
        b"\x89PNG\r\n\x1a\n" + header + b"".join(further) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    )


def nifti(array=None, **header):
    """NIfTI of an array; header fields are set behind the back of what writes it."""

    def maker(path):
        image = nibabel.Nifti1Image(GREY.T if array is None else array, np.eye(4))
        content = bytearray(image.to_bytes())
        for name, value in header.items():
            kind, offset = image.header.template_dtype.fields[name][:2]
            packed = np.asarray(value, kind.base).tobytes()
            content[offset : offset + len(packed)] = packed
        path.write_bytes(gzip.compress(bytes(content)) if path.name.endswith(".gz") else bytes(content))

    return maker


def dims(*sizes):
    return [len(sizes), *sizes, *[1] * (7 - len(sizes))]


def pair(path):
    nibabel.save(nibabel.Nifti1Pair(GREY.T, np.eye(4)), path.with_suffix(".img"))


def analyze(path):
    header = nibabel.AnalyzeHeader()
    header.set_data_shape(GREY.T.shape)
    path.write_bytes(header.binaryblock + GREY.tobytes())


def dicom(pixels=GREY, interpretation="MONOCHROME2", without=(), syntax=None, coded=None, **changes):
    def maker(path):
        make = instance if pixels.ndim == 2 or pixels.shape[-1] == 3 else clip
        dataset = make(pixels, interpretation)
        if coded:
            dataset = compressed(dataset, coded)
        for name, value in changes.items():
            setattr(dataset, name, value)
        for name in without:
            delattr(dataset, name)
        if syntax:
            dataset.file_meta.TransferSyntaxUID = syntax
            if "PixelData" in dataset:
                dataset["PixelData"].VR = "OB"
        if "SOPInstanceUID" in without or "SOPClassUID" in without:
            dataset.preamble = bytes(128)
            dataset.save_as(path)
        else:
            write(dataset, path.parent, path.name)

    return maker


def frames_of(*contents):
    return encapsulate(list(contents))


def fifo(path):
    os.mkfifo(path)


def unix_socket(path):
    before = os.getcwd()
    os.chdir(path.parent)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def link(target):
    return lambda path: path.symlink_to(target)


def archive(path):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("a.txt", "x")


def float_tiff(values):
    return lambda path: Image.fromarray(values.astype(np.float32)).save(path, format="TIFF")


def spoiled(value):
    grey = GREY.astype(np.float64)
    grey[20, 20] = value
    return grey


def animated(path):
    frames = [Image.fromarray(frame) for frame in (GREY, GREY[::-1], GREY[:, ::-1])]
    frames[0].save(path, format="PNG", save_all=True, append_images=frames[1:])


def tiff_in_circles(path):
    """A TIFF whose second page is its first."""
    Image.fromarray(GREY).save(path, format="TIFF")
    content = bytearray(path.read_bytes())
    (start,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, start)
    struct.pack_into("<I", content, start + 2 + 12 * count, start)
    path.write_bytes(content)


def jpeg_bytes():
    file = io.BytesIO()
    Image.fromarray(GREY).save(file, "JPEG")
    return file.getvalue()


CUT = {
    "cut png.png": picture(),
    "cut jpg.jpg": picture("JPEG"),
    "cut bmp.bmp": picture("BMP"),
    "cut tif.tif": picture("TIFF"),
    "cut lzw.tif": picture("TIFF", compression="tiff_lzw"),
    "cut nii.nii": nifti(),
    "cut nii gz.nii.gz": nifti(),
    "cut dcm.dcm": dicom(),
    "cut clip.dcm": dicom(FRAMES),
    "cut RLE.dcm": dicom(FRAMES, coded="RLE"),
    "cut JPEG.dcm": dicom(FRAMES, coded="JPEG"),
    "cut JPEG-LS.dcm": dicom(coded="JPEG-LS"),
    "cut JPEG 2000.dcm": dicom(coded="JPEG 2000 lossless"),
    "cut deflated.dcm": dicom(coded="deflated"),
}
SHARES = (0.02, 0.3, 0.6, 0.9)

# Each of these fails, in one line.
FAILING = {
    **{
        f"{share:.0%} {name}": cut(make, share) for name, make in CUT.items() for share in SHARES
    },
    "empty.png": text(b""),
    "empty.dcm": text(b""),
    "empty.nii.gz": text(b""),
    "text.png": text(b"no picture"),
    "text.dcm": text(b"no DICOM"),
    "text.nii": text(b"no NIfTI" * 100),
    "text.nii.gz": text(gzip.compress(b"no NIfTI" * 100)),
    "zip.nii.gz": archive,
    "zip.png": archive,
    "gif.png": picture("GIF"),
    "page.jpg": text(b"<!DOCTYPE html><html></html>"),
    "document.tif": text(b"%PDF-1.7\n" + bytes(500)),
    "zeros.dcm": text(bytes(1000)),
    "only a start.dcm": text(bytes(128) + b"DICM"),
    "rubbish.dcm": text(bytes(128) + b"DICM" + bytes(range(256)) * 8),
    "only a signature.png": text(b"\x89PNG\r\n\x1a\n"),
    "only a signature.jpg": text(b"\xff\xd8\xff"),
    "only a signature.tif": text(b"II*\0"),
    "bomb.png": png(60000, 60000),
    "bomb of 4 billion.png": png(2**31 - 1, 2**31 - 1),
    "no size.png": png(0, 10),
    "too little data.png": png(100, 100),
    "wrong checksum.png": patched(picture(), b"IDAT", b"\0\0\0\0"),
    "bomb.jpg": patched(picture("JPEG"), b"\xff\xc0\0\x0b\x08", b"\xff\xdc\xff\xdc"),
    "bomb.bmp": patched(picture("BMP"), 18, struct.pack("<ii", 60000, 60000)),
    "bits.bmp": patched(picture("BMP"), 28, struct.pack("<H", 7)),
    "bomb.tif": patched(picture("TIFF"), b"\x00\x01\x04\x00\x01\x00\x00\x00", struct.pack("<I", 4_000_000)),
    "no number.tif": float_tiff(spoiled(np.nan)),
    "infinity.tif": float_tiff(spoiled(np.inf)),
    "text for many frames.png": text(b"\x89PNG\r\n\x1a\n" + chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
    "two sizes.tif": lambda path: Image.fromarray(GREY).save(
        path, save_all=True, append_images=[Image.fromarray(GREY[:40])]
    ),
    "no number.nii": nifti(spoiled(np.nan).T),
    "infinity.nii.gz": nifti(spoiled(-np.inf).T),
    "too large a number.nii": nifti(spoiled(1e300).T),
    "too wide a range.nii": nifti(np.where(np.eye(*SHAPE), 3e38, -3e38).T.astype(np.float32)),
    "complex.nii": nifti(GREY.T.astype(np.complex64)),
    "one axis.nii": nifti(dim=dims(61 * 84)),
    "five axes.nii": nifti(dim=dims(61, 2, 7, 3, 2)),
    "seven axes.nii": nifti(dim=dims(61, 2, 2, 7, 3, 1, 1)),
    "no axis.nii": nifti(dim=[0] * 8),
    "too many axes.nii": nifti(dim=[9000] * 8),
    "an empty axis.nii": nifti(dim=dims(84, 0)),
    "an empty stack.nii": nifti(dim=dims(84, 61, 0)),
    "a negative axis.nii": nifti(dim=dims(-84, 61)),
    "huge.nii": nifti(dim=dims(30000, 30000)),
    "huge.nii.gz": nifti(dim=dims(30000, 30000, 30000, 30000)),
    "long.nii": nifti(dim=dims(84, 61, 32767, 32767)),
    "long.nii.gz": nifti(dim=dims(84, 61, 32767, 32767)),
    "longer than it is.nii": nifti(dim=dims(84, 61, 2)),
    "longer than it is.nii.gz.nii.gz": nifti(dim=dims(84, 61, 2)),
    "unknown type.nii": nifti(datatype=9999),
    "offset.nii": nifti(vox_offset=1e9),
    "negative offset.nii": nifti(vox_offset=-5000.0),
    "no offset.nii.gz": nifti(vox_offset=np.nan),
    "checksum.nii.gz": cut(patched(nifti(), 200, b"\xaa\x55" * 40), 1),
    "a pair.hdr": pair,
    "analyze.hdr": analyze,
    "CT.dcm": dicom(Modality="CT"),
    "no modality.dcm": dicom(without=["Modality"]),
    "no pixels.dcm": dicom(without=["PixelData"]),
    "no rows.dcm": dicom(without=["Rows"]),
    "empty rows.dcm": dicom(Rows=None),
    "no columns.dcm": dicom(without=["Columns"]),
    "0 rows.dcm": dicom(Rows=0),
    "no bits.dcm": dicom(without=["BitsAllocated"]),
    "no bits stored.dcm": dicom(without=["BitsStored"]),
    "7 bits.dcm": dicom(BitsAllocated=7),
    "24 bits.dcm": dicom(BitsAllocated=24),
    "more bits stored than there are.dcm": dicom(BitsStored=12),
    "no instance.dcm": dicom(without=["SOPInstanceUID"]),
    "no class.dcm": dicom(without=["SOPClassUID"]),
    "no study.dcm": dicom(without=["StudyInstanceUID"]),
    "no colour space.dcm": dicom(without=["PhotometricInterpretation"]),
    "unknown colour space.dcm": dicom(PhotometricInterpretation="GREYISH"),
    "grey with three samples.dcm": dicom(COLOUR, "MONOCHROME2"),
    "colour with one sample.dcm": dicom(PhotometricInterpretation="RGB"),
    "palette without one.dcm": dicom(PhotometricInterpretation="PALETTE COLOR"),
    "five samples.dcm": dicom(SamplesPerPixel=5),
    "too few pixels.dcm": dicom(PixelData=bytes(100)),
    "empty pixels.dcm": dicom(PixelData=b""),
    "huge.dcm": dicom(Rows=65535, Columns=65535),
    "long.dcm": dicom(NumberOfFrames=10**9),
    "long RLE.dcm": dicom(coded="RLE", NumberOfFrames=10**9),
    "negative frames.dcm": dicom(NumberOfFrames=-3),
    "fewer frames than it says.dcm": dicom(FRAMES, NumberOfFrames=4),
    "fewer frames than it says RLE.dcm": dicom(FRAMES, coded="RLE", NumberOfFrames=4),
    "more frames than it says RLE.dcm": dicom(FRAMES, coded="RLE", NumberOfFrames=2),
    "a damaged frame RLE.dcm": dicom(syntax=RLELossless, PixelData=frames_of(b"\1\0\0\0" + bytes(60) + b"xx")),
    "a damaged frame JPEG.dcm": dicom(syntax=JPEGBaseline8Bit, PixelData=frames_of(b"\xff\xd8 no picture \xff\xd9")),
    "a damaged frame JPEG 2000.dcm": dicom(syntax=JPEG2000Lossless, PixelData=frames_of(b"no picture")),
    "a frame of another size.dcm": dicom(syntax=JPEGBaseline8Bit, PixelData=frames_of(jpeg_bytes()), Rows=62),
    "not encapsulated.dcm": patched(dicom(), b"1.2.840.10008.1.2.", b"5"),
    # At these GDCM ends the process, in two ways.
    "end of a decoder.dcm": dicom(coded="JPEG lossless", BitsStored=1),
    "end of a decoder at once.dcm": patched(dicom(coded="JPEG lossless"), b"\xff\xd8\xff\xc3\x00\x0b", b"\xff"),
    "film.dcm": dicom(syntax=MPEG2MPML, PixelData=frames_of(b"\0\0\1\xb3" + bytes(96))),
    "private syntax.dcm": patched(dicom(), b"\2\0\x10\0UI\x14\0", b"1.2.999."),
    "a pipe.png": fifo,
    "a socket.png": unix_socket,
    "nowhere.png": link("absent.png"),
    "a circle.png": link("a circle.png"),
    "long names " + "n" * 235 + ".png": picture(),
    "damaged\nname.png": text(b"x"),
    "damaged \x1b[31m\u202egnp.png": text(b"x"),
    os.fsdecode(b"damaged \xff\xfe.png"): text(b"x"),
    "=damaged().png": text(b"x"),
    "-damaged.png": text(b"x"),
    "damaged <b>.png": text(b"x"),
}  # fmt: skip

# Each of these is odd, but shows what it shows.
WORKING = {
    "png.dcm": picture(),
    "png.nii": picture(),
    "webp.jpg": picture("WEBP"),
    "five axes, three of length 1.nii": nifti(dim=dims(61, 84, 1, 1, 1)),
    "dicom.png": dicom(),
    "dicom.tif": dicom(coded="JPEG 2000 lossless"),
    "nifti.jpg": nifti(),
    "1.2.276.0.7230010.3": dicom(),
    "name": picture("TIFF"),
    "new\nline.png": picture(),
    "quotes ' \" `.png": picture(),
    "-n.png": picture(),
    "=cmd().png": picture(),
    "😀 ünï.png": picture(),
    "\u202egnp.exe.png": picture(),
    os.fsdecode(b"bytes \xff\xfe.png"): picture(),
    "n" * 200 + ".png": picture(),
    " .png": picture(),
    "a.b.c.png": picture(),
    "constant.png": picture(pixels=np.full(SHAPE, 7, np.uint8)),
    "constant.dcm": dicom(np.full(SHAPE, 7, np.uint8)),
    "one pixel.png": picture(pixels=GREY[:1, :1]),
    "one pixel of DICOM": dicom(GREY[:1, :1]),
    "one pixel.of.nii": nifti(GREY.T[:1, :1]),
    "one line.png": picture(pixels=np.tile(GREY[:1], (1, 6))),
    "one column.png": picture(pixels=np.tile(GREY[:, :1], (8, 1))),
    "animated.png": animated,
    "cmyk.jpg": lambda path: Image.fromarray(COLOUR).convert("CMYK").save(path),
    "damaged exif.jpg": picture("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
    "damaged exif.of.png": picture("PNG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"),
    "comment.png": png(2, 2, chunk(b"tEXt", b"Comment\0<script>alert(1)</script>"), data=b"\0\x01\x02\0\x03\x04"),
    "an archive as well.png": lambda path: path.write_bytes(
        [picture()(path), path.read_bytes() + b"PK\x05\x06" + bytes(18)][1]
    ),
    "a script as well.jpg": lambda path: path.write_bytes([picture("JPEG")(path), path.read_bytes() + b"<?php ?>"][1]),
    "a TIFF as well.dcm": patched(dicom(), 0, b"II*\0\x08\0\0\0"),
    "more pixels than needed.dcm": dicom(PixelData=GREY.tobytes() + bytes(1000)),
    "no spacing.dcm": dicom(PixelSpacing=[0, 0]),
    "frames empty.dcm": dicom(NumberOfFrames=None),
    "infinite scale.nii": nifti(scl_slope=np.inf),
    "422 at full length.dcm": dicom(COLOUR // 2 + 60, "RGB", PhotometricInterpretation="YBR_FULL_422"),
    "no scale.nii": nifti(scl_slope=np.nan),
    "no sizes.nii": nifti(pixdim=[1] + [np.nan] * 7),
    "sizes of 0.nii": nifti(pixdim=[0] * 8),
    "unknown unit.nii": nifti(xyzt_units=7),
    "no place.nii": nifti(sform_code=1, srow_x=[np.nan] * 4),
    "tiny range.nii": nifti((GREY.T * 1e-44).astype(np.float32)),
    "wide range.nii": nifti((GREY.T * 1e36).astype(np.float32)),
    "in circles.tif": tiff_in_circles,
    "linked.png": link("../../target/good.png"),
}  # fmt: skip
