"""The plain data of the reply check: what it is told of the case, and what it finds in the text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

#: The kinds of fault by code, in the order in which they are shown.
KINDS: Final[Mapping[str, str]] = {
    "not_answered": "没有回答所问",
    "evasive": "空话、推脱",
    "cold": "语气生硬",
    "salutation": "称呼",
    "date": "日期",
    "phone": "电话号码",
    "promise": "承诺",
    "personal_data": "他人信息",
    "bureau_words": "本局用语",
    "no_contact": "联系方式",
    "no_source": "政策依据",
}
#: Characters of a finding that may still be called its words.
_WORDS: Final = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at again. ``start``–``end`` are code points of the reply, half-open (equal = something is
    missing there). ``about`` tells findings of one kind apart; ``advice`` says what is wrong and what to do.
    """

    kind: str
    start: int
    end: int
    words: str
    advice: str
    about: str = ""

    @property
    def key(self) -> str:
        """What makes it the same finding after the text around it has changed."""
        # A long stretch is known by what is said of it: a comma changed in it is no new finding.
        return f"{self.kind}/{self.about}/{self.words if len(self.words) <= _WORDS else ''}"


@dataclass(frozen=True, slots=True)
class Context:
    """What the check knows of the case.

    ``gender`` is ``male``, ``female`` or "". ``legal_due`` is the last day on which the answer is in time.
    ``phones`` are the bureau's own. ``before`` and ``after`` are what the letter puts round the reply by itself.
    ``own_words`` are the bureau's list: the word and what to write instead ("" = leave it out).
    """

    issued_on: date
    message: str = ""
    citizen_name: str = ""
    gender: str = ""
    kind: str = ""
    topic: str = ""
    legal_due: date | None = None
    section: str = ""
    phones: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    own_words: Mapping[str, str] = field(default_factory=dict)
