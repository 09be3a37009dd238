# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Generated DICOM ultrasound in the colour spaces and codings that scanners and archives use."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import convert_color_space
from pydicom.uid import (
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

COLOUR_SPACES = (
    "MONOCHROME2", "MONOCHROME1", "16 bit", "signed 16 bit", "12 of 16 bit", "PALETTE COLOR", "RGB", "RGB by plane",
    "16 bit RGB", "YBR_FULL", "YBR_FULL_422",
)  # fmt: skip
UNCOMPRESSED = {
    "implicit": ImplicitVRLittleEndian,
    "explicit": ExplicitVRLittleEndian,
    "big endian": ExplicitVRBigEndian,
    "deflated": DeflatedExplicitVRLittleEndian,
}
LOSSLESS = {
    "RLE": RLELossless,
    "JPEG lossless": JPEGLosslessSV1,
    "JPEG-LS": JPEGLSLossless,
    "JPEG 2000 lossless": JPEG2000Lossless,
}
LOSSY = {"JPEG": JPEGBaseline8Bit, "JPEG 2000": JPEG2000}


def instance(pixels, interpretation, **changes):
    """An ultrasound image as a scanner writes it."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UltrasoundImageStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = generate_uid(), generate_uid()
    dataset.Modality, dataset.PatientID, dataset.PatientName = "US", "1", "Phantom^One"
    dataset.StudyDate, dataset.StudyTime, dataset.StudyID = "20260101", "120000", "1"
    dataset.PatientBirthDate = dataset.PatientSex = dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.Manufacturer, dataset.SeriesNumber, dataset.InstanceNumber, dataset.PatientOrientation = "none", 1, 1, ""
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = 1 if pixels.ndim == 2 else 3
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = interpretation
    dataset.BitsAllocated = dataset.BitsStored = 8 * pixels.dtype.itemsize
    dataset.HighBit, dataset.PixelRepresentation = dataset.BitsStored - 1, int(pixels.dtype.kind == "i")
    dataset.PixelData = _even(_stored(pixels, interpretation))
    dataset["PixelData"].VR = "OB" if pixels.dtype.itemsize == 1 else "OW"
    for key, value in changes.items():
        setattr(dataset, key, value)
    return dataset


def clip(frames, interpretation, **changes):
    """Several frames of one size."""
    dataset = instance(frames[0], interpretation)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    dataset.NumberOfFrames = len(frames)
    dataset.PixelData = _even(b"".join(_stored(frame, interpretation) for frame in frames))
    for key, value in changes.items():
        setattr(dataset, key, value)
    return dataset


def region(top, left, bottom, right, height, width, **changes):
    """A rectangle of tissue, the last row and column included, whose pixels have a size in centimetres."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = left, top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = right, bottom
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX, item.PhysicalDeltaY = width, height
    for key, value in changes.items():
        setattr(item, key, value)
    return item


def coded(name, grey):
    """An instance that shows `grey`, uint8, in one of `COLOUR_SPACES` or in ``"RLE"``."""
    colour = np.repeat(grey[..., None], 3, axis=2)
    if name == "MONOCHROME2":
        return instance(grey, name)
    if name == "MONOCHROME1":
        return instance(255 - grey, name)
    if name == "16 bit":
        return instance(grey.astype(np.uint16) * 200, "MONOCHROME2")
    if name == "signed 16 bit":
        return instance(((127.0 - grey) * 257).astype(np.int16), "MONOCHROME1")
    if name == "12 of 16 bit":
        return instance(grey.astype(np.uint16) * 16, "MONOCHROME2", BitsStored=12, HighBit=11)
    if name == "RGB":
        return instance(colour, name)
    if name == "RGB by plane":
        planes = np.ascontiguousarray(colour.transpose(2, 0, 1)).tobytes()
        return instance(colour, "RGB", PlanarConfiguration=1, PixelData=_even(planes))
    if name == "16 bit RGB":
        return instance(colour.astype(np.uint16) * 257, "RGB")
    if name == "PALETTE COLOR":
        dataset = instance(grey, name)
        table = np.arange(256, dtype=np.uint16) * 257
        for colour in ("Red", "Green", "Blue"):
            setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [256, 0, 16])
            setattr(dataset, f"{colour}PaletteColorLookupTableData", table.tobytes())
        return dataset
    if name == "RLE":
        return compressed(instance(colour, "RGB"), "RLE")
    return instance(convert_color_space(colour, "RGB", "YBR_FULL"), name)


def compressed(dataset, name):
    """The same instance in another of `UNCOMPRESSED`, `LOSSLESS` or `LOSSY`."""
    syntax = {**UNCOMPRESSED, **LOSSLESS, **LOSSY}[name]
    if name == "JPEG lossless":
        return _by_gdcm(dataset, syntax)
    if name in ("RLE", "JPEG-LS"):
        dataset.compress(syntax, generate_instance_uid=False)
        return dataset
    dataset.file_meta.TransferSyntaxUID = syntax
    if name == "big endian" and dataset.BitsAllocated == 16:
        dataset.PixelData = np.frombuffer(dataset.PixelData, dtype="<u2").astype(">u2").tobytes()
    if name in UNCOMPRESSED:
        return dataset
    shape = (-1, dataset.Rows, dataset.Columns, *([3] if dataset.SamplesPerPixel == 3 else []))
    length = int(dataset.get("NumberOfFrames") or 1) * dataset.Rows * dataset.Columns * dataset.SamplesPerPixel
    frames = np.frombuffer(dataset.PixelData[:length], dtype=np.uint8).reshape(shape)
    dataset.PixelData = encapsulate([_picture(frame, name) for frame in frames])
    dataset["PixelData"].VR = "OB"
    if dataset.SamplesPerPixel == 3:
        spaces = {"JPEG": "YBR_FULL_422", "JPEG 2000": "YBR_ICT", "JPEG 2000 lossless": "YBR_RCT"}
        dataset.PhotometricInterpretation = spaces[name]
    return dataset


def write(dataset, folder, name="image.dcm"):
    folder.mkdir(parents=True, exist_ok=True)
    dataset.save_as(folder / name, enforce_file_format=True)
    return folder / name


def _stored(pixels, interpretation):
    if interpretation != "YBR_FULL_422":
        return pixels.tobytes()
    pairs = pixels.reshape(pixels.shape[0], -1, 2, 3)  # both colours once for two pixels
    return np.stack([pairs[:, :, 0, 0], pairs[:, :, 1, 0], pairs[:, :, 0, 1], pairs[:, :, 0, 2]], axis=-1).tobytes()


def _even(content):
    return content + b"\0" * (len(content) % 2)


def _picture(frame, name):
    file = io.BytesIO()
    if name == "JPEG":
        Image.fromarray(frame).save(file, "JPEG", quality=95)
    else:
        lossy = {"irreversible": True, "quality_mode": "rates", "quality_layers": [4]} if name == "JPEG 2000" else {}
        Image.fromarray(frame).save(file, "JPEG2000", no_jp2=True, mct=int(frame.ndim == 3), **lossy)
    return file.getvalue()


def _by_gdcm(dataset, syntax):
    import gdcm
    from pydicom import dcmread

    with tempfile.TemporaryDirectory() as folder:
        source, target = write(dataset, Path(folder), "source"), Path(folder) / "target"
        reader = gdcm.ImageReader()
        reader.SetFileName(str(source))
        assert reader.Read()
        change = gdcm.ImageChangeTransferSyntax()
        assert syntax == JPEGLosslessSV1
        change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLosslessProcess14_1))
        change.SetInput(reader.GetImage())
        assert change.Change()
        writer = gdcm.ImageWriter()
        writer.SetFileName(str(target))
        writer.SetFile(reader.GetFile())
        writer.SetImage(change.GetOutput())
        assert writer.Write()
        converted = dcmread(target)
    for name in ("SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID"):  # the writer gives new ones
        setattr(converted, name, dataset[name].value)
    converted.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return converted
