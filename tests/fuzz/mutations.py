# Copyright 2026 LightBTSeg for MONAI contributors
# SPDX-License-Identifier: Apache-2.0
"""Damage to a file: cut, filled, moved, doubled, joined with another, bits turned, numbers and words at limits."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

NUMBERS = [b"\0", b"\xff", b"\x7f", b"\x80", b"\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff"]
WORDS = [
    b"-1",
    b"0",
    b"1e309",
    b"NaN",
    b"null",
    b"true",
    b'""',
    b"[]",
    b"{}",
    b"../../x.png",
    b"\x1b[31m",
    b"\n",
    b"\0",
    b"99999999999999999999",
    b"=1+1",
    b"\xe2\x80\xae",
    b"\xff\xfe",
    b"[" * 3000,
    b'{"a":' * 3000,
]


def mutate(content: bytes, others: Sequence[bytes], random: random.Random) -> bytes:
    """The content with one to four kinds of damage."""
    for _ in range(random.choice((1, 1, 2, 4))):
        content = random.choice(KINDS)(content, random.choice(others), random)
    return content


def _span(content: bytes, random: random.Random) -> tuple[int, int]:
    """A stretch, mostly short and mostly near the start, where headers are."""
    start = int(len(content) * random.random() ** random.choice((1, 3)))
    return start, start + random.choice((1, 2, 4, 8, 64, 1 + len(content) // 4))


def _bits(content, other, random):
    changed = bytearray(content)
    for _ in range(random.choice((1, 4, 32))):
        if changed:
            changed[_span(changed, random)[0] % len(changed)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _filled(content, other, random):
    start, end = _span(content, random)
    return content[:start] + random.choice((b"\0", b"\xff", b" "))[:1] * (end - start) + content[end:]


def _numbers(content, other, random):
    start, _ = _span(content, random)
    number = random.choice(NUMBERS)
    return content[:start] + number + content[start + len(number) :]


def _cut(content, other, random):
    return content[: int(len(content) * random.random())]


def _removed(content, other, random):
    start, end = _span(content, random)
    return content[:start] + content[end:]


def _doubled(content, other, random):
    start, end = _span(content, random)
    return content[:end] + content[start:]


def _joined(content, other, random):
    return content[: _span(content, random)[0]] + other[_span(other, random)[0] :]


def _word(content, other, random):
    """Another value in place of a number or text, in formats of text."""
    found = list(re.finditer(rb'-?[0-9][0-9.e+-]*|"[^"\n]*"|[A-Za-z_]{2,}', content[:20000]))
    if not found:
        return _numbers(content, other, random)
    place = random.choice(found)
    return content[: place.start()] + random.choice(WORDS) + content[place.end() :]


KINDS = [_bits, _filled, _numbers, _cut, _removed, _doubled, _joined, _word, _word]
