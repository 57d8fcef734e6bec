"""Reading a profile from TOML and writing one out, with faults that name the place and the remedy."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import time
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from handlers.deadlines.local import check_overrides
from handlers.errors import InvalidInput, ProfileFault
from handlers.organisation.approvals import check_ways
from handlers.organisation.profile import Profile
from handlers.organisation.wording import wording_faults

_HOUSE = resources.files("handlers.organisation")


def shipped_codes() -> tuple[str, ...]:
    """Return the codes of the profiles that come with the product, in alphabetical order."""
    folder = _HOUSE / "profiles"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def shipped(code: str) -> Profile:
    """Return the shipped profile ``code``, read once; raises :class:`ProfileFault` naming the ones there are."""
    if code not in shipped_codes():
        raise ProfileFault(f"There is no shipped profile {code!r}; choose one of: {', '.join(shipped_codes())}.")
    return load(_HOUSE / "profiles" / f"{code}.toml")


def load(path: Path | Traversable) -> Profile:
    """Read the profile in the file ``path``; raises :class:`ProfileFault` when it cannot be used."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileFault(f"Profile {path}: cannot be read as UTF-8 text ({error}).") from error
    return parse(text, str(path))


def parse(text: str, name: str = "profile") -> Profile:
    """Return the profile that the TOML ``text`` describes; ``name`` stands in the messages of the faults.

    Texts that it does not word itself are taken from the standard wording, so that an older file stays usable.
    """
    raw = _toml(text, name)
    raw["wording"] = standard_wording() | _own_wording(raw, name)
    try:
        profile = Profile.model_validate(raw)
    except ValidationError as error:
        raise ProfileFault(f"Profile {name}: {_in_words(error)}") from error
    try:
        check_overrides(profile.limits)
    except InvalidInput as error:
        raise ProfileFault(f"Profile {name}, limits: {error}") from error
    try:
        check_ways(profile.approvals)
    except InvalidInput as error:
        raise ProfileFault(f"Profile {name}, [approvals]: {error}") from error
    faults = wording_faults(profile)
    if faults:
        raise ProfileFault(f"Profile {name}, [wording]: " + "; ".join(faults))
    return profile


def standard_wording() -> dict[str, str]:
    """Return the standard text of every key (a fresh dictionary)."""
    texts: dict[str, str] = tomllib.loads((_HOUSE / "wording_zh.toml").read_text(encoding="utf-8"))
    return texts


def to_toml(profile: Profile) -> str:
    """Return ``profile`` as TOML text that :func:`parse` reads back as an equal profile."""
    data = profile.model_dump()
    plain = {key: value for key, value in data.items() if not isinstance(value, (dict, tuple))}
    lists = {key: value for key, value in data.items() if isinstance(value, tuple)}
    tables = {key: value for key, value in data.items() if isinstance(value, dict)}
    parts = ["\n".join(_pair(key, value) for key, value in plain.items())]
    parts += [_rows(key, rows) for key, rows in lists.items()]
    parts += ["\n".join([f"[{key}]", *(_pair(k, v) for k, v in table.items())]) for key, table in tables.items()]
    return "\n\n".join(parts) + "\n"


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileFault(f"Profile {name} is not valid TOML: {error}. Mend that place and load it again.") from error


def _own_wording(raw: Mapping[str, Any], name: str) -> dict[str, str]:
    own = raw.get("wording", {})
    if not isinstance(own, dict) or not all(isinstance(text, str) for text in own.values()):
        raise ProfileFault(f'Profile {name}: [wording] must hold lines of the form key = "text".')
    return own


def _in_words(error: ValidationError) -> str:
    told = []
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        place = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(".")
        what = {"extra_forbidden": "this key is not known, remove it", "missing": "this key is missing, add it"}
        told.append(": ".join(filter(None, (place, what.get(fault["type"], fault["msg"])))))
    return "; ".join(told)


def _rows(key: str, rows: tuple[dict[str, Any], ...]) -> str:
    return "\n".join([f"{key} = [", *(f"  {_value(row)}," for row in rows), "]"])


def _pair(key: str, value: object) -> str:
    return f"{key} = {_value(value)}"


def _value(value: object) -> str:
    """Return one TOML value on one line; ``None`` never gets here because its pair is left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, Mapping):
        inner = ", ".join(_pair(key, item) for key, item in value.items() if item is not None)
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return repr(value)


def _text(value: str) -> str:
    lines = [json.dumps(line, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f") for line in value.split("\n")]
    return f'"{lines[0]}"' if len(lines) == 1 else '"""' + "\n".join(["", *lines]) + '"""'
