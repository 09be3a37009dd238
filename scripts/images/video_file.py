# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Read the frames of MP4, QuickTime and AVI videos.

PyAV rather than OpenCV, which both decode with FFmpeg: OpenCV neither tells damage from the end of a video nor returns
the decoder's messages. Of videos with three wrong bytes it returns nearly all as if they were whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.logging
import cv2
import numpy as np

from ..errors import InputError
from .grey import colours_to_grey
from .image_file import ImageFile, Software, as_grey_levels
from .limits import MAX_PIXELS, check_shape
from .picture_file import write_mask_pages

SILENT = ("h264", "hevc")  # decoders that go on after damage; only their messages tell of it
DEMUXERS = ("mov", "avi")  # no other, so that a file can never name further files to open


class VideoFile(ImageFile):
    """A video in an MP4, QuickTime or AVI file; its first video stream.

    Frames are turned and stretched as the file says. A damaged video is an error, where players hide the damage. The
    whole video is decoded once when it is opened, to count its frames and to find damage before anything is segmented.

    Args:
        path: the file.

    Raises:
        InputError: the file is damaged, or has no video.
    """

    is_8_bit = True

    def __init__(self, path: Path) -> None:
        self.path = path
        frames = 0
        for frame in self._decode():
            frames += 1
            if frames == 1:
                for width in (frame.width, round(frame.width * self._pixel_ratio)):  # before converting and stretching
                    check_shape(path, 1, frame.height, width)
                self._set_shape(1, *self._grey(frame).shape)
            elif frames % 1000 == 0:
                self._set_shape(frames, *self.shape)
        if not frames:
            raise InputError(f"{path}: has no frames")
        self._set_shape(frames, *self.shape)
        self._set_spacing(None, "the file format has none: give --spacing")
        self.mask_suffix = ".png" if frames == 1 else ".tif"

    def read(self) -> Iterator[np.ndarray]:
        for frame in self._decode():
            grey = self._grey(frame)
            if grey.shape != self.shape:
                raise InputError(f"{self.path}: has frames of different sizes")
            yield as_grey_levels(grey, self.path)

    def write_masks(self, path: Path, masks: Iterable[np.ndarray], software: Software) -> None:
        write_mask_pages(path, masks, self.mask_suffix)

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Yield the frames.

        Raises:
            InputError: the decoder finds damage, or the video ends before the number of frames in its header.
        """
        with self._clear_errors(), _messages() as messages, self._open() as container:
            if not container.streams.video:
                raise InputError(f"{self.path}: has no video")
            stream = container.streams.video[0]
            stream.codec_context.options = {"err_detect": "explode", "max_pixels": str(MAX_PIXELS)}
            if stream.height and stream.width:  # not in every header
                check_shape(self.path, max(1, stream.frames), stream.height, stream.width)
            self._pixel_ratio = float(stream.sample_aspect_ratio or 1)
            count = hidden = 0  # a video that was trimmed without encoding it anew hides its first frames
            for packet in container.demux(stream):
                hidden += packet.is_discard
                for frame in packet.decode():
                    count += 1
                    if frame.is_corrupt or any(name in SILENT for _, name, _ in messages):
                        raise InputError(f"{self.path}: is damaged at frame {count}")
                    yield frame
            if count + hidden < stream.frames:
                raise InputError(f"{self.path}: is truncated: has {count} of {stream.frames - hidden} frames")

    def _open(self) -> av.container.InputContainer:
        with self.path.open("rb") as file:
            demuxer = DEMUXERS[file.read(4) == b"RIFF"]
        return av.open(str(self.path), format=demuxer)

    def _grey(self, frame: av.VideoFrame) -> np.ndarray:
        grey = np.rot90(colours_to_grey(frame.to_ndarray(format="rgb24")), round(frame.rotation / 90))
        if self._pixel_ratio == 1:
            return grey
        is_turned = round(frame.rotation / 90) % 2 == 1
        rows, columns = grey.shape
        size = (columns, round(rows * self._pixel_ratio)) if is_turned else (round(columns * self._pixel_ratio), rows)
        return cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR)

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """Turn the errors of PyAV into one `InputError`."""
        try:
            yield
        except av.FFmpegError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"{self.path}: cannot be read as a video: {reason}") from None


@contextmanager
def _messages() -> Iterator[list[tuple[int, str, str]]]:
    """Collect FFmpeg's error messages, as level, name of the component and text, instead of printing them."""
    level = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    try:
        with av.logging.Capture(local=False) as messages:
            yield messages
    finally:
        av.logging.set_level(level)
