"""The reply check: what to look at again before a reply is issued. It warns; the officer decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from handlers.writing.answered import check_answered
from handlers.writing.dates import check_dates
from handlers.writing.evasion import check_evasion
from handlers.writing.finding import KINDS, Context, Finding
from handlers.writing.learned.heads import shipped
from handlers.writing.lexicon import lexicon, plain
from handlers.writing.manner import check_bureau_words, check_coldness
from handlers.writing.personal import check_personal_data
from handlers.writing.phones import check_phones
from handlers.writing.promises import check_promises
from handlers.writing.salutation import check_salutation
from handlers.writing.sources import check_contact, check_source

Check = Callable[[str, Context], Iterator[Finding]]

#: Every check; each reads the text in one width and knows nothing of the others.
CHECKS: Final[tuple[Check, ...]] = (
    check_answered,
    check_evasion,
    check_coldness,
    check_salutation,
    check_dates,
    check_phones,
    check_promises,
    check_personal_data,
    check_bureau_words,
    check_contact,
    check_source,
)
lexicon()  # compiled and read when the process starts, so that no officer waits for it
shipped()
_ORDER: Final = {kind: place for place, kind in enumerate(KINDS)}


def check(reply: str, context: Context) -> list[Finding]:
    """Return the findings in ``reply`` by kind (as in ``KINDS``), then by place; places are code points of it."""
    text = plain(reply)
    found = {finding.key: finding for one in reversed(CHECKS) for finding in reversed(list(one(text, context)))}
    return sorted((_as_written(f, reply) for f in found.values()), key=lambda f: (_ORDER[f.kind], f.start))


def _as_written(finding: Finding, reply: str) -> Finding:
    words = reply[finding.start : finding.end]
    return Finding(finding.kind, finding.start, finding.end, words, finding.advice, finding.about)
