"""Small files to send when the visitor has none at hand: a drawn landscape and a second of silence."""

from __future__ import annotations

import struct
import zlib
from functools import cache

_WIDTH, _HEIGHT = 320, 200
_SKY, _GRASS, _SUN = (126, 182, 222), (92, 158, 92), (250, 222, 130)


@cache
def picture() -> bytes:
    """Return a PNG of grassland under a low sun."""
    rows = b"".join(b"\0" + b"".join(bytes(_pixel(x, y)) for x in range(_WIDTH)) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def voice() -> bytes:
    """Return one second of silence as AMR, the platform's usual format."""
    return b"#!AMR\n" + 50 * (b"\x3c" + bytes(31))


def image_type(data: bytes) -> str:
    """Return the content type of a picture by its first bytes, "" when it is none that we show."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def _pixel(x: int, y: int) -> tuple[int, int, int]:
    hill = 138 + 14 * ((x - 90) / 110) ** 2 if x < 200 else 152 - 18 * (1 - ((x - 270) / 80) ** 2)
    if y > hill:
        return _shade(_GRASS, (y - hill) / 160)
    if (x - 232) ** 2 + (y - 92) ** 2 < 26**2:
        return _SUN
    return _shade(_SKY, -y / 260)


def _shade(colour: tuple[int, int, int], by: float) -> tuple[int, int, int]:
    red, green, blue = (max(0, min(255, round(part * (1 - by * 0.6)))) for part in colour)
    return red, green, blue


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
