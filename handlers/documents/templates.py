"""The texts of the documents as data: one TOML file per kind, checked when read, replaceable by a bureau's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handlers.documents.kinds import HOUSE_FIELDS, KINDS, DocumentKind
from handlers.errors import ProfileFault
from handlers.organisation.pieces import brace_faults, bracket_faults, fields_outside_pieces

_STRICT = ConfigDict(frozen=True, extra="forbid")
Head = Literal["letter", "document", "plain"]
Templates = Mapping[str, "Template"]


class Row(BaseModel):
    """One row of a form: label and content in turn, two or four cells; ``height`` at least, in millimetres."""

    model_config = _STRICT

    cells: tuple[str, ...] = Field(min_length=2, max_length=4)
    height: float = Field(default=12, ge=8, le=120)


class Template(BaseModel):
    """The text of one kind of document.

    ``head``: ``letter`` (信函格式, red double lines), ``document`` (文件格式, red separator) or ``plain`` (a form).
    ``number_word`` is what stands before 〔2026〕1号. ``body`` has one paragraph a line; ``row`` makes a form.
    ``defaults`` are first values of fields that the case does not give.
    """

    model_config = _STRICT

    head: Head
    number_word: Annotated[str, Field(pattern=r"^[^\s〔〕0-9]{1,12}$")]
    title: Annotated[str, Field(min_length=2, max_length=60)]
    addressee: str = ""
    body: str = ""
    row: tuple[Row, ...] = ()
    attached: str = ""
    signed: str = "{bureau}"
    note: str = ""
    defaults: dict[str, str] = Field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """Every text of the template by its place."""
        rows = {f"row {i + 1}": "\n".join(row.cells) for i, row in enumerate(self.row)}
        named = ("title", "addressee", "body", "attached", "signed", "note")
        return {name: getattr(self, name) for name in named} | rows


_SHIPPED: Final = resources.files("handlers.documents") / "texts"


def shipped_templates() -> Templates:
    """Return the templates that come with the product."""
    return {code: _read(_SHIPPED / f"{code}.toml", kind) for code, kind in KINDS.items()}


def load_templates(folder: Path | None = None) -> Templates:
    """Return the templates in force: those of ``folder`` in place of the shipped ones of the same name.

    Raises :class:`ProfileFault` naming file and remedy: a folder that is not there, a file that belongs to no kind,
    an unknown or missing field, unbalanced braces.
    """
    if folder is None:
        return shipped_templates()
    if not folder.is_dir():
        raise ProfileFault(f"The folder of document templates {folder} is not there: make it, or clear the setting.")
    own = sorted(folder.glob("*.toml"))
    strange = [file.name for file in own if file.stem not in KINDS]
    if strange:
        raise ProfileFault(f"{folder}: {', '.join(strange)} belong to no document; the names are {', '.join(KINDS)}.")
    return {**shipped_templates(), **{file.stem: _read(file, KINDS[file.stem]) for file in own}}


def shipped_text(code: str) -> str:
    """Return the TOML text of a shipped template, to start a bureau's own from."""
    return (_SHIPPED / f"{code}.toml").read_text("utf-8")


def parse_template(text: str, kind: DocumentKind, name: str = "template") -> Template:
    """Return the template that the TOML ``text`` describes. Raises :class:`ProfileFault` with every fault in words."""
    try:
        template = Template.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise ProfileFault(f"{name} is not valid TOML: {fault}.") from fault
    except ValidationError as fault:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors())
        raise ProfileFault(f"{name}: {told}.") from fault
    faults = template_faults(template, kind)
    if faults:
        raise ProfileFault(f"{name}: {'; '.join(faults)}")
    return template


def template_faults(template: Template, kind: DocumentKind) -> list[str]:
    """Return what makes a template unusable for its kind, in Chinese words."""
    known = {*HOUSE_FIELDS, *(field.name for field in kind.fields)}
    optional = {field.name for field in kind.fields if not field.required}
    faults, used = list[str](), set[str]()
    for place, text in template.texts.items():
        found, names = brace_faults(text, known)
        used |= names
        found += bracket_faults(text)
        found += [f"{{{n}}} 可能为空，请放在 [[ ]] 里" for n in fields_outside_pieces(text) if n in optional]
        faults += [f"{place}：{fault}" for fault in found]
    faults += [f"必须写有 {{{field.name}}}（{field.label}）" for field in kind.fields
               if field.required and field.name not in used and field.name != "day"]  # fmt: skip
    faults += [f"defaults：没有 {name} 这个字段" for name in template.defaults if kind.field(name) is None]
    if bool(template.body.strip()) == bool(template.row):
        faults.append("正文 body 和表格 row 应当有且只有一种")
    return faults


def _read(file: Path | Traversable, kind: DocumentKind) -> Template:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise ProfileFault(f"{file} cannot be read as UTF-8 text ({fault}).") from fault
    return parse_template(text, kind, str(file))
