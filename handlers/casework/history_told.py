"""What the sentences of a history are made with: codes to names, days, reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handlers.deadlines.limits import TO_CONFIRM, Rule
from handlers.deadlines.local import limits_of
from handlers.organisation.profile import Profile

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """Names of this bureau, forgiving: a section that was since removed still has its history."""

    profile: Profile
    people: Mapping[int, str]

    def section(self, code: object) -> str:
        """A section's name."""
        return self.profile.section_names.get(str(code), str(code)) if code else "办公室待分派"

    def sections(self, codes: Sequence[object]) -> str:
        """The names of several."""
        return "、".join(self.section(code) for code in codes)

    def unit(self, data: Data) -> str:
        """The unit of an event, as it was called then."""
        names = {unit.code: unit.name for unit in self.profile.units}
        return str(data.get("unit_name") or names.get(str(data.get("unit")), "有关单位"))

    def officer(self, ident: object) -> str:
        """An officer by id."""
        return self.people.get(int(str(ident)), "一位同事") if ident else ""

    def all_told(self, data: Data) -> str:
        """Everybody who was told."""
        return "、".join(self.officer(ident) for ident in data.get("told") or ()) or "值班人员"

    def limit(self, data: Data) -> str:
        """A limit by name and code, as this bureau calls it: “依申请公开答复”时限（GK-01）."""
        rule, code = self._rule(data), data.get("rule", "")
        return f"“{rule.name}”时限（{code}）" if rule else f"时限 {code}"

    def mark(self, data: Data) -> str:
        """待核实, where the date of a rule is said that nobody has confirmed."""
        rule = self._rule(data)
        return f"，{TO_CONFIRM}" if rule is not None and rule.to_confirm else ""

    def _rule(self, data: Data) -> Rule | None:
        return limits_of(self.profile).rules.get(str(data.get("rule")))


#: Sentences by action: fixed words, or what makes them of the event's data.
Words = dict[str, str | Callable[[Data, Told], str]]


def because(data: Data, key: str = "reason") -> str:
    """The reason behind a colon, where one was given."""
    return f"：{data[key]}" if data.get(key) else ""


def day(text: object) -> str:
    """A date or instant of an event as 11月25日."""
    _, month, number = str(text)[:10].split("-")
    return f"{int(month)}月{int(number)}日"


def named(names: Mapping[str, str], code: object) -> str:
    """A code's name, "" for none."""
    return names.get(str(code), "") if code else ""
