"""The two grades of urgent (紧急): ``now`` calls the duty roster at once, ``today`` puts a case first that day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from handlers.records import Case
from handlers.taxonomy import GRADES
from handlers.understanding.labels import Labels
from handlers.understanding.situations import is_self_harm

#: What a form says of the grade: "0" for neither, "1" for now.
CHOICES: Final[tuple[tuple[str, str], ...]] = (
    ("0", "不紧急"),
    ("today", f"{GRADES['today']}（排在前面，白天提醒科室和办公室）"),
    ("1", f"{GRADES['now']}（马上提醒值班人）"),
)
_CHOSEN: Final[Mapping[str, str]] = {"0": "", "1": "now", "today": "today"}


def grade_read(labels: Labels, text: str) -> str:
    """Return the grade that was read, "" for neither; despair calls a person, whatever was read."""
    if labels.calls or is_self_harm(text):
        return "now"
    return "today" if labels.urgent else ""


def grade_chosen(said: str) -> str | None:
    """Return the grade that a form's field says; ``None`` when it says none of :data:`CHOICES`."""
    return _CHOSEN.get(said)


def choice_of(case: Case) -> str:
    """Return which of :data:`CHOICES` holds for ``case``."""
    return next(code for code, grade in _CHOSEN.items() if grade == grade_of(case))


def grade_of(case: Case) -> str:
    """Return the grade of ``case``, "" when it is not urgent; urgent without a grade is now."""
    return "now" if case.calls else "today" if case.urgent else ""


def grade_name(urgent: bool | None, grade: str | None) -> str:
    """Return the name of the grade, "" for neither."""
    return GRADES["today" if grade == "today" else "now"] if urgent else ""


def set_grade(case: Case, grade: str) -> bool:
    """Give ``case`` this grade ("" = not urgent); return whether a person must be called who was not called before."""
    called = case.calls
    case.urgent, case.grade = bool(grade), grade
    return case.calls and not called


def raise_grade(case: Case, grade: str) -> None:
    """Raise ``case`` to ``grade``; nothing that called a person stops calling."""
    if grade == "now" or (grade and not case.urgent):
        set_grade(case, grade)
