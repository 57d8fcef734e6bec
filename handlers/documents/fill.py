"""Filling a document: what was typed is checked field by field, then put into the template, element by element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers.documents.kinds import HOUSE_FIELDS, DocumentKind, FieldSpec
from handlers.documents.templates import Head, Template
from handlers.errors import InvalidInput
from handlers.organisation.pieces import fill
from handlers.organisation.profile import Profile
from handlers.text import storable

#: Stands for the number until it is given out, which happens when the document is made.
UNNUMBERED = "　　"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a form; ``height`` in millimetres, at least."""

    cells: tuple[str, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Filled:
    """A document's elements (GB/T 9704: 发文机关标志, 发文字号, 标题, 主送, 正文, 附件说明, 署名, 成文日期, 附注)."""

    head: Head
    organ: str
    number: str
    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    rows: tuple[Row, ...]
    attached: str
    signed: str
    dated: str
    note: str

    @property
    def text(self) -> str:
        """The document as plain text, an element a line."""
        rows = ["　".join(cell.replace("\n", "") for cell in row.cells) for row in self.rows]
        end = (self.attached, self.signed, self.dated, self.note)
        parts = (self.organ, self.number, self.title, self.addressee, *self.paragraphs, *rows, *end)
        return "\n".join(part for part in parts if part)


def check_values(kind: DocumentKind, given: Mapping[str, str], received: date, today: date) -> dict[str, str]:
    """Return the fields of ``kind`` as they will be kept (days as 2026-11-23).

    Raises :class:`InvalidInput` naming the first field that is missing, too long, or no possible day: nothing may be
    dated before the case was received, the document itself not after today, a limit not before the document.
    """
    values = {field.name: _checked(field, storable(given.get(field.name, "")).strip()) for field in kind.fields}
    days = {field.name: date.fromisoformat(values[field.name]) for field in kind.fields
            if field.entry == "day" and values[field.name]}  # fmt: skip
    for name in ("day", "received", "accepted"):
        if name in days and days[name] > today:
            raise InvalidInput(f"{_label(kind, name)}不能晚于今天。", name)
    if days["day"] < received:
        raise InvalidInput(f"成文日期不能早于收到日期（{written_day(received)}）。", "day")
    _in_order(kind, days, "received", "accepted")
    for name in ("due", "return_by", "correct_by", "reply_by", "new_due"):
        _in_order(kind, days, "day", name)
    if "new_due" in days and days["new_due"] <= days["old_due"]:
        raise InvalidInput("延长后的日期应当晚于原定期限。", "new_due")
    if "old_due" in days and days["old_due"] < days["day"]:
        raise InvalidInput("原定期限已过；延期应当在到期之前告知。", "old_due")
    return values


def fill_document(
    kind: DocumentKind,
    template: Template,
    profile: Profile,
    case_number: str,
    values: Mapping[str, str],
    number: str = "",
) -> Filled:
    """Return the document of checked ``values``; without a ``number`` as a preview."""
    shown = {field.name: _shown(field, values.get(field.name, "")) for field in kind.fields}
    shown_number = number or f"{template.number_word}〔{values['day'][:4]}〕{UNNUMBERED}号"
    house = (profile.name, profile.short_name, profile.phone, profile.address, case_number, shown_number)
    shown |= dict(zip(HOUSE_FIELDS, house, strict=True))

    def put(text: str) -> str:
        return fill(kind.name, text, shown).strip("\n ")

    body = put(template.body)
    return Filled(
        head=template.head,
        organ=profile.name,
        number=shown_number,
        title=put(template.title),
        addressee=put(template.addressee),
        paragraphs=tuple(line.strip() for line in body.split("\n") if line.strip()),
        rows=tuple(Row(tuple(put(cell) for cell in row.cells), row.height) for row in template.row),
        attached=put(template.attached),
        signed=put(template.signed),
        dated=shown["day"],
        note=put(template.note).strip("　"),
    )


def written_day(day: date) -> str:
    """成文日期 as GB/T 9704 writes it: 2026年11月3日, Arabic digits, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def _checked(field: FieldSpec, text: str) -> str:
    if not text:
        if field.required:
            raise InvalidInput(f"请填写{field.label}。", field.name)
        return ""
    if len(text) > field.longest:
        raise InvalidInput(f"{field.label}最多 {field.longest} 字，现在有 {len(text)} 字。", field.name)
    if field.entry == "day":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise InvalidInput(f"{field.label}请写成 2026-11-25 的样子。", field.name) from None
    return " ".join(text.split("\n")) if field.entry == "line" else text


def _in_order(kind: DocumentKind, days: Mapping[str, date], first: str, then: str) -> None:
    if first in days and then in days and days[then] < days[first]:
        raise InvalidInput(f"{_label(kind, then)}不能早于{_label(kind, first)}。", then)


def _label(kind: DocumentKind, name: str) -> str:
    field = kind.field(name)
    return field.label if field else name


def _shown(field: FieldSpec, value: str) -> str:
    return written_day(date.fromisoformat(value)) if field.entry == "day" and value else value
