"""What a generated case consists of: the rows of each table, from a story that many cases share.

The texts are clauses of the corpus strung together: no person's words.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final, cast

from handlers.casework.states import OWING_STATES
from handlers.organisation.load import shipped
from handlers.records import Base
from handlers.records.fulltext_parts import blocks
from handlers.records.vault import Vault
from handlers.search.document import facets
from handlers.search.tokens import person_tokens, tokens
from handlers.taxonomy import KINDS, TOPICS
from handlers.understanding.training.examples import shipped as corpus

NOW: Final = datetime(2026, 12, 28, 2, tzinfo=UTC)
FIRST: Final = datetime(2018, 1, 2, 1, tzinfo=UTC)
PROFILE: Final = shipped("hohhot-2018")
VAULT: Final = Vault("YmVuY2hiZW5jaGJlbmNoYmVuY2hiZW5jaGJlbmNoYmU=")
#: Everybody writes four letters, so many cases apart, within a block of five thousand.
BLOCK: Final = 5000
_LETTERS_APART: Final = 1250
_FIRST_OFFICER: Final = 4  # the officer of the first section; the others follow in order
_GIVEN: Final = ("建国", "秀英", "其木格", "志强", "丽华", "桂兰", "海燕", "文静", "国庆", "玉梅")
_NAMES: Final = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"


@dataclass(frozen=True, slots=True)
class Story:
    """What many cases have in common: the words, the answer, the person, and the tokens these are found by."""

    words: str
    answer: str
    contact: dict[str, str]
    found_by: str


def last_event(count: int) -> int:
    """The id of the last event that is generated."""
    return 3 * count + 3


def stories(count: int) -> list[Story]:
    """Return so many stories, the same every time."""
    chance = random.Random(26)
    clauses = [part for example in corpus().learned for part in example.text.split("，") if 6 <= len(part) <= 40]
    made = []
    for n in range(count):
        words = "，".join(chance.choices(clauses, k=chance.randint(3, 9)))
        answer = f"您好，您反映的“{words[:20]}”已办好，" + words[-30:]
        name, phone = chance.choice(_NAMES) + chance.choice(_GIVEN), f"139{n:08d}"
        contact = {"name": VAULT.seal(name), "phone": VAULT.seal(phone), "phone_index": VAULT.index(phone)}
        found_by = tokens(words) | tokens(answer) | set(person_tokens(VAULT, name, phone))
        made.append(Story(words, answer, contact, " ".join(found_by)))
    return made


def case_rows(n: int, count: int, story: Story, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (table, row) of the ``n``-th of ``count`` cases; the last hundredth is open."""
    at = FIRST + (NOW - FIRST) * (n / count) - timedelta(minutes=1)
    is_open, restricted = n > count - count // 100, n % 2000 == 7
    place_of_section = chance.choice((0, 1, 1, 2, 2, 2, *range(len(PROFILE.sections)))) % len(PROFILE.sections)
    section, officer = PROFILE.sections[place_of_section], _FIRST_OFFICER + place_of_section
    state = chance.choice((*OWING_STATES, "answered")) if is_open else "closed"
    answered = None if is_open and state != "answered" else at + timedelta(days=3)
    number, source = f"{at:%Y%m%d}-{n:07d}", chance.choice(("wechat", "wechat", "web", "phone", "hotline_12345"))
    place = (n - 1) % BLOCK
    writer = n - place + place % _LETTERS_APART
    if place < _LETTERS_APART:
        yield "citizen", _CITIZEN | {
            "id": n, "channel": source if source in ("wechat", "web") else "registration", "sender_id": f"s{n}",
            "first_seen_at": at, "last_inbound_at": at,
        }  # fmt: skip
    case = _CASE | {
        "id": n, "number": number, "query_code": _SEALED, "citizen_id": writer, "first_message_id": n,
        "channel": source if source in ("wechat", "web") else "registration", "source": source, "state": state,
        "subject": story.words[:40], "kind": chance.choice(list(KINDS)[:4]), "topic": chance.choice(list(TOPICS)),
        "urgent": n % 500 == 0, "section_code": None if state == "triage" else section.code,
        "officer_id": officer if state not in ("triage", "assigned") else None,
        "restricted": restricted, "restricted_to": 2 if restricted else None, "sensitive": restricted,
        "outer_number": f"HX{n:08d}" if source == "hotline_12345" else "", "opened_at": at, "received_at": at,
        "next_due_at": at + timedelta(days=chance.randint(5, 40)) if is_open else None,
        "next_safe_due_at": at + timedelta(days=4) if is_open else None, "next_due_rule": "RX-02" if is_open else None,
        "answered_at": answered, "closed_at": None if is_open else at + timedelta(days=8),
        "result": "" if is_open else "policy_explained", "changed_at": at + timedelta(days=0 if is_open else 8),
        "last_inbound_at": at,
    }  # fmt: skip
    yield "cases", case
    yield "message", _MESSAGE | {
        "id": n, "channel": case["channel"], "external_id": str(n), "sender_id": f"s{writer}", "case_id": n,
        "text": story.words, "sent_at": at, "received_at": at, "processed_at": at, "receipt_number": number,
    }  # fmt: skip
    yield "label", _LABEL | {"id": n, "message_id": n, "kind": case["kind"], "topic": case["topic"], "at": at}
    yield "clock", _CLOCK | {
        "id": n, "case_id": n, "state": "running" if is_open else "met", "started_at": at,
        "legal_due": at + timedelta(days=14), "safe_due": at + timedelta(days=13), "met_at": answered,
    }  # fmt: skip
    for seq, (actor, action) in enumerate(
        (("citizen", "opened"), ("system", "routed"), (f"officer:{officer}", "answer")), 1
    ):
        event = {"case_id": n, "seq": seq, "at": at, "actor": actor, "action": action, "data": {}, "mac": "0" * 64}
        yield "case_event", {"id": 3 * n + seq, **event}
    if answered is not None:
        yield "reply", _REPLY | {
            "id": n, "case_id": n, "text": story.answer, "drafted_at": at, "issued_at": at, "drafted_by": officer,
            "issued_by": officer,
        }  # fmt: skip
        yield "delivery", _DELIVERY | {
            "id": n, "case_id": n, "reply_id": n, "channel": case["channel"], "text": story.answer, "created_at": at,
            "finished_at": at,
        }  # fmt: skip
    yield "case_contact", _CONTACT | {"id": n, "case_id": n, **story.contact}
    recent = n > count - count // 50  # what is older has been forgotten (handlers/neighbours/forget.py)
    for other in (n - 1, n - 2, n - 3) if recent and n % 4 == 0 else ():
        for one, two in ((n, other), (other, n)):
            yield "similar_pair", {"message_id": one, "other_id": two, "likeness": 0.6, "at": at}
    if not restricted:
        of_case = [*tokens(number), *tokens(case["outer_number"]), *facets(cast(Any, SimpleNamespace(**case)))]
        yield "search_index", {"case_id": n, "words": [story.found_by, *of_case, *blocks(n)]}


def _plain(table: str) -> dict[str, Any]:
    """A row of the table with what every column is when nothing is said."""
    found: dict[str, Any] = {}
    for column in Base.metadata.tables[table].columns:
        default = getattr(column.default, "arg", None)
        value = default(None) if callable(default) else default
        found[column.name] = value if value is not None or column.nullable or column.primary_key else ""
    return found


_SEALED: Final = VAULT.seal("K7MR2QXT")
_CASE: Final = _plain("cases") | {"cooperating": [], "version": 3, "needs_person": False}
_MESSAGE: Final = _plain("message") | {"kind": "text", "state": "processed", "raw": b"", "details": {}}
_LABEL: Final = _plain("label") | {
    "confidence": {"kind": 0.9, "topic": 0.9}, "evidence": {}, "suggested": [], "needs_person": False, "model": "bench",
}  # fmt: skip
_CLOCK: Final = _plain("clock") | {"rule": "RX-02", "pauses": []}
_REPLY: Final = _plain("reply") | {"state": "issued", "purpose": "answer"}
_DELIVERY: Final = _plain("delivery") | {"purpose": "answer", "state": "sent", "sha256": "0" * 64}
_CITIZEN: Final = _plain("citizen")
_CONTACT: Final = _plain("case_contact") | {"role": "writer"}
