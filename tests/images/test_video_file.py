# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""MP4 and AVI: every frame as a player shows it, or one line on what is wrong."""

from __future__ import annotations

import builtins
import struct
from fractions import Fraction

import numpy as np
import pytest

av = pytest.importorskip("av", reason="needs requirements-video.txt")

from scripts.errors import InputError  # noqa: E402
from scripts.images.file_types import may_be_image, open_image  # noqa: E402
from tests.prediction.batches import ellipse, scene  # noqa: E402

SHAPE = (96, 128)
KINDS = {
    "h264.mp4": ("libx264", "yuv420p"),
    "h264.mov": ("libx264", "yuv420p"),
    "mpeg4.mp4": ("mpeg4", "yuv420p"),
    "mpeg4.avi": ("mpeg4", "yuv420p"),
    "mjpeg.avi": ("mjpeg", "yuvj420p"),
    "raw.avi": ("rawvideo", "bgr24"),
}


def frame(number):
    return scene(ellipse(SHAPE, (40, 30 + 4 * number), (20, 12)), number)


def write_video(path, frames, rotation=0, pixel_ratio=None):
    codec, pixels = KINDS[path.name.rpartition(" ")[2]]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.height, stream.width = frames[0].shape
        stream.pix_fmt = pixels
        if pixel_ratio:
            stream.codec_context.sample_aspect_ratio = pixel_ratio
        if rotation:
            stream.set_display_rotation(rotation)
        for grey in frames:
            picture = av.VideoFrame.from_ndarray(np.repeat(grey[..., None], 3, axis=2), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def is_like(grey, expected):
    """Whether they agree but for the loss by compression, the bright lesion nearly exactly."""
    if grey.shape != expected.shape or np.abs(grey - expected.astype(float)).mean() > 25:
        return False
    return ((grey > 180) == (expected > 180)).mean() > 0.99


@pytest.mark.parametrize("name", KINDS)
def test_every_frame_in_order(tmp_path, name):
    frames = [frame(number) for number in range(7)]
    file = open_image(write_video(tmp_path / name, frames))
    assert (file.frames, file.shape, file.mask_suffix, file.is_8_bit) == (7, SHAPE, ".tif", True)
    assert file.regions[0].spacing is None
    for _ in range(2):  # it can be read again
        for grey, expected in zip(file.read(), frames, strict=True):
            assert grey.dtype == np.float32 and is_like(grey, expected)


def test_the_name_tells_nothing(tmp_path):
    path = write_video(tmp_path / "h264.mp4", [frame(0)] * 2).rename(tmp_path / "clip")
    assert may_be_image(path)
    assert open_image(path).frames == 2


@pytest.mark.parametrize("rotation", [90, 180, -90])
def test_frames_are_turned_as_the_file_says(tmp_path, rotation):
    path = write_video(tmp_path / "h264.mp4", [frame(0)] * 2, rotation)
    expected = np.rot90(frame(0), rotation // 90)
    assert open_image(path).shape == expected.shape
    assert all(is_like(grey, expected) for grey in open_image(path).read())


def test_pixels_that_are_not_square_are_stretched(tmp_path):
    file = open_image(write_video(tmp_path / "h264.mp4", [frame(0)] * 2, pixel_ratio=Fraction(3, 2)))
    assert file.shape == (96, 192)
    assert next(file.read()).shape == (96, 192)


@pytest.mark.parametrize(("ratio", "problem"), [((60_000, 1), "32,767 a side"), ((1, 60_000), "at least one")])
def test_pixels_that_would_stretch_it_beyond_the_limits_are_refused(tmp_path, ratio, problem):
    path = write_video(tmp_path / "h264.mp4", [frame(0)], pixel_ratio=Fraction(3, 2))
    content = bytearray(path.read_bytes())
    start = content.index(b"pasp") + 4
    content[start : start + 8] = struct.pack(">II", *ratio)
    path.write_bytes(content)
    with pytest.raises(InputError, match=problem):
        open_image(path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.98])
@pytest.mark.parametrize("name", KINDS)
def test_a_truncated_video_is_refused_in_a_line(tmp_path, capfd, name, share):
    path = write_video(tmp_path / name, [frame(number) for number in range(12)])
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=f"{name}: (cannot be read as a video|is truncated|is damaged)") as error:
        open_image(path)
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["h264.mp4", "mpeg4.avi"])
def test_damage_that_players_hide_is_an_error(tmp_path, capfd, name):
    path = write_video(tmp_path / name, [frame(number) for number in range(12)])
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") if name.endswith("mp4") else content.index(b"movi")
    for position in np.linspace(start + 1500, len(content) - 2500, 8).astype(int):
        content[position] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"{name}: .*(damaged|Invalid data)"):
        open_image(path)
    assert capfd.readouterr() == ("", "")


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 8000
        container.mux(stream.encode(sound))
        container.mux(stream.encode())
    with pytest.raises(InputError, match="sound.mp4: has no video"):
        open_image(path)


def test_a_picture_in_the_container_of_mp4_is_no_video(tmp_path):
    path = tmp_path / "photo.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(400))
    assert not may_be_image(path)


def test_without_its_library(tmp_path, monkeypatch):
    path = write_video(tmp_path / "h264.mp4", [frame(0)])
    importer = builtins.__import__

    def without_av(name, *words, **options):
        if name == "av" or name.endswith("video_file"):
            raise ImportError(name="av")
        return importer(name, *words, **options)

    monkeypatch.setattr(builtins, "__import__", without_av)
    with pytest.raises(InputError, match="video needs av: python -m pip install -r requirements-video.txt"):
        open_image(path)


def test_masks_of_a_video_are_the_pages_of_a_tiff(batch, folder):
    from PIL import Image

    frames = [frame(number) for number in range(3)]
    write_video(folder / "raw.avi", frames)
    outcome = batch()
    with Image.open(outcome.folder / "raw_mask.tif") as pages:
        assert pages.n_frames == 3
        for number, grey in enumerate(frames):
            pages.seek(number)
            assert ((np.asarray(pages) > 0) == (grey > 200)).mean() > 0.99
    assert [row["frame"] for row in outcome.rows["raw.avi"]] == [1, 2, 3]


def test_a_trimmed_video_has_the_frames_that_a_player_shows(tmp_path):
    """Trimmed without encoding it anew, so that the file still holds the frames before."""
    whole = write_video(tmp_path / "h264.mp4", [frame(number) for number in range(12)])
    options = {"use_editlist": "1", "avoid_negative_ts": "disabled"}
    with av.open(str(whole)) as source, av.open(str(tmp_path / "trimmed.mp4"), "w", options=options) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                half = round(Fraction(5, 10) / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts - half, packet.dts - half, stream
                target.mux(packet)
    shown = list(open_image(tmp_path / "trimmed.mp4").read())
    assert len(shown) == 7
    assert is_like(shown[0], frame(5)) and is_like(shown[-1], frame(11))
