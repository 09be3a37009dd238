# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Images from a DICOMweb server: Orthanc, of Debian's packages ``orthanc`` and ``orthanc-dicomweb``."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("monailabel", reason="needs the environment of `make test-label`")
import requests  # noqa: E402
from pydicom.dataset import Dataset, FileMetaDataset  # noqa: E402
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundImageStorage, generate_uid  # noqa: E402

from tests.label.server import Server, dice, free_port  # noqa: E402

ORTHANC = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
pytestmark = pytest.mark.skipif(
    not ORTHANC or not PLUGIN.exists(), reason="needs Orthanc: apt-get install orthanc orthanc-dicomweb"
)


@pytest.fixture(scope="module")
def orthanc(tmp_path_factory):
    """The address of an empty Orthanc."""
    folder, port = tmp_path_factory.mktemp("orthanc"), free_port()
    config = folder / "orthanc.json"
    config.write_text(
        json.dumps(
            {
                "StorageDirectory": str(folder / "db"),
                "IndexDirectory": str(folder / "db"),
                "HttpPort": port,
                "DicomServerEnabled": False,
                "RemoteAccessAllowed": False,
                "AuthenticationEnabled": False,
                "Plugins": [str(PLUGIN)],
                "DicomWeb": {"Enable": True},
            }
        )
    )
    process = subprocess.Popen([ORTHANC, str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                requests.get(f"{url}/system", timeout=5).raise_for_status()
                break
            except requests.ConnectionError:
                assert process.poll() is None
                time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def upload(orthanc, picture):
    """Store a picture as an ultrasound image; the UID of its series."""
    pixels = np.asarray(Image.open(picture).convert("L"))
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = UltrasoundImageStorage, generate_uid()
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
    image.PatientID = image.PatientName = "Phantom"
    image.Modality, image.StudyDate, image.StudyTime = "US", "20260101", "120000"
    image.Rows, image.Columns = pixels.shape
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated = image.BitsStored = 8
    image.HighBit, image.PixelRepresentation = 7, 0
    image.PixelData = pixels.tobytes()
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.is_little_endian, image.is_implicit_VR = True, False  # MONAI Label needs pydicom 2
    content = io.BytesIO()
    image.save_as(content, write_like_original=False)
    requests.post(f"{orthanc}/instances", data=content.getvalue(), timeout=60).raise_for_status()
    return image.SeriesInstanceUID


def test_inference_on_a_dicomweb_image(orthanc, bundle, phantoms, truth, tmp_path):
    series = upload(orthanc, phantoms / "malignant" / "malignant (1).png")
    # The server downloads this program when it starts, to store annotations as DICOM segmentations.
    tool = bundle / "label" / "bin" / "itkimage2segimage"
    tool.parent.mkdir(exist_ok=True)
    tool.touch(0o755)
    with Server(
        bundle / "label",
        f"{orthanc}/dicom-web",
        tmp_path / "server.log",
        MONAI_LABEL_DICOMWEB_CACHE_PATH=str(tmp_path / "cache"),
        MONAI_LABEL_DICOMWEB_SEARCH_FILTER=json.dumps({"Modality": "US"}),
    ) as server:
        assert server("POST", "/activelearning/first").json()["id"] == series
        mask = server.infer(series)
    assert mask.shape in ((256, 180), (256, 180, 1))
    assert set(np.unique(mask)) == {0, 1}
    assert dice(mask.reshape(256, 180), truth("malignant1")) > 0.5
