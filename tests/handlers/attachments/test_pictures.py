"""Pictures are made anew: upright, no larger than asked, and without anything that stood beside the pixels."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from handlers.attachments.pictures import LARGE, THUMBNAIL, cleaned, preview
from handlers.errors import InvalidInput

SECRET = "Huawei-P40-at-40.84N-111.75E"


def photograph(folder: Path, kind: str = "JPEG", size: tuple[int, int] = (2400, 1200)) -> Path:
    """A landscape lying on its side, with camera, place and a word in its metadata; its left half is red."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET, 6  # make; to be turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    more = {}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", SECRET)
        more["pnginfo"] = info
    path = folder / f"photo.{kind.lower()}"
    image.save(path, kind, exif=exif, **more)
    return path


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_what_goes_out_holds_neither_camera_nor_place_and_stands_upright(tmp_path: Path, kind: str) -> None:
    path = photograph(tmp_path, kind)
    assert SECRET.encode() in path.read_bytes()
    for data, _ in (cleaned(path), preview(path)):
        assert SECRET.encode() not in data
        out = Image.open(io.BytesIO(data))
        assert not out.getexif()
        assert out.height == 2 * out.width, "turned as the telephone was held"
        red = out.convert("RGB").getpixel((out.width // 2, out.height // 4))
        assert isinstance(red, tuple) and red[0] > 200 and red[2] < 50
    assert Image.open(io.BytesIO(cleaned(path)[0])).size == (1200, 2400), "nothing is lost in size"


@pytest.mark.parametrize("longest", [THUMBNAIL, LARGE])
def test_a_preview_is_no_larger_than_asked_for(tmp_path: Path, longest: int) -> None:
    data, content_type = preview(photograph(tmp_path), longest)
    assert content_type == "image/jpeg"
    assert max(Image.open(io.BytesIO(data)).size) == longest


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    data, _ = preview(photograph(tmp_path, size=(40, 20)))
    assert Image.open(io.BytesIO(data)).size == (20, 40)


def test_see_through_stays_see_through(tmp_path: Path) -> None:
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(tmp_path / "stamp.png")
    data, content_type = cleaned(tmp_path / "stamp.png")
    assert content_type == "image/png"
    assert Image.open(io.BytesIO(data)).getpixel((1, 1)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff\xe0 broken", b"GIF89a", b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\n" + bytes(50)]
)
def test_what_is_no_whole_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(InvalidInput):
        preview(tmp_path / "x")


def test_a_small_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    Image.new("1", (12_000, 12_000)).save(tmp_path / "bomb.png")
    assert (tmp_path / "bomb.png").stat().st_size < 100_000
    with pytest.raises(InvalidInput):
        preview(tmp_path / "bomb.png")
    with pytest.raises(InvalidInput):
        cleaned(tmp_path / "bomb.png")
