"""Reading posted forms: text, flags and files by name, without a page having to know about parsing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from handlers.text import storable

_FORM_TYPES: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Upload:
    """One uploaded file, read into memory (bounded by the body cap)."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Posted:
    """The fields of a posted form; empty for a request without one. Text comes storable, line ends as ``\\n``."""

    _fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _files: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)

    def raw(self, name: str) -> str:
        """Return the first value as written, or ``""``."""
        return next(iter(self._fields.get(name, ())), "")

    def text(self, name: str) -> str:
        """Return the first value without outer white space, or ``""``."""
        return self.raw(name).strip()

    def number(self, name: str) -> int | None:
        """Return the first value as a whole number, or ``None`` when it is not one."""
        return whole(self.text(name))

    def numbers(self, name: str) -> set[int]:
        """Return the values of a repeated field that are whole numbers."""
        return {number for number in map(whole, self.many(name)) if number is not None}

    def flag(self, name: str) -> bool:
        """Return whether a box was ticked."""
        return bool(self.text(name))

    def many(self, name: str) -> tuple[str, ...]:
        """Return every value of a repeated field, trimmed."""
        return tuple(value.strip() for value in self._fields.get(name, ()))

    def files(self, name: str) -> tuple[Upload, ...]:
        """Return the files of a field (empty file inputs are left out)."""
        return self._files.get(name, ())

    def values(self) -> dict[str, str]:
        """Return the first value of every field, for filling a form again (without the CSRF token)."""
        return {name: values[0] for name, values in self._fields.items() if values and name != "csrf"}


def whole(text: str) -> int | None:
    """Return ``text`` as a whole number that a row can have, or ``None`` ("²" is a digit to Python, too)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


async def posted(request: Request) -> Posted:
    """FastAPI dependency: the request's form (empty for GET and for bodies that are no form)."""
    kept = getattr(request.state, "posted", None)
    if kept is None:
        content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        is_form = request.method in UNSAFE and content_type in _FORM_TYPES
        kept = await _read(request) if is_form else Posted()
        request.state.posted = kept
    return kept


async def _read(request: Request) -> Posted:
    try:
        form: FormData = await request.form(max_files=25, max_fields=200)
    except (HTTPException, ValueError, UnicodeError) as fault:
        if isinstance(fault, HTTPException) and fault.status_code == 413:
            raise
        raise HTTPException(400, "表单内容无法读取。") from fault
    fields: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                upload = Upload(storable(value.filename)[:200], value.content_type or "", await value.read())
                files.setdefault(name, []).append(upload)
        else:
            fields.setdefault(name, []).append(storable(value.replace("\r\n", "\n")))
    await form.close()
    return Posted({k: tuple(v) for k, v in fields.items()}, {k: tuple(v) for k, v in files.items()})
