"""Pictures made anew before they are shown or leave the house: smaller, upright, without place, time and camera."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from handlers.errors import InvalidInput

#: What can be read and written anew; other kinds are handed out as they came, on demand.
_READ: Final = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"})
#: A small file can hold a picture that fills the memory.
MOST_PIXELS: Final = 50_000_000
THUMBNAIL: Final = 320
LARGE: Final = 1600
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
#: As many at once as memory is sure to hold.
_AT_ONCE: Final = threading.BoundedSemaphore(2)
_UNREADABLE: Final = "这张图片打不开（可能已损坏或过大），请下载原件查看。"


def preview(path: Path, longest: int = LARGE) -> tuple[bytes, str]:
    """The picture at ``path`` with sides of at most ``longest`` pixels: (bytes, content type).

    Raises InvalidInput when it cannot be read or is too large.
    """
    return _made_anew(path, longest)


def cleaned(path: Path) -> tuple[bytes, str]:
    """The whole picture at ``path`` without anything but its pixels: (bytes, content type). Raises InvalidInput."""
    return _made_anew(path, None)


def _made_anew(path: Path, longest: int | None) -> tuple[bytes, str]:
    with _AT_ONCE:
        try:
            with Image.open(path, formats=_READ) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise InvalidInput(_UNREADABLE)
                if longest is not None:
                    image.draft("RGB", (longest, longest))  # a photograph is decoded in the size that is needed
                return _written(ImageOps.exif_transpose(image), longest)
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as fault:
            raise InvalidInput(_UNREADABLE) from fault
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
            raise InvalidInput(_UNREADABLE) from fault


def _written(image: Image.Image, longest: int | None) -> tuple[bytes, str]:
    see_through = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    plain = image.convert("RGBA" if see_through else "RGB")
    if longest is not None:
        plain.thumbnail((longest, longest))
    # A new picture of the pixels alone: nothing that stood beside them in the file comes along.
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    if see_through:
        bare.save(out, "PNG")
        return out.getvalue(), "image/png"
    bare.save(out, "JPEG", quality=88)
    return out.getvalue(), "image/jpeg"
