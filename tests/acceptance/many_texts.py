"""Ten thousand texts to be delivered, written in bulk: answers of cases, and notices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from handlers.delivery.outbox import queue_row, text_sha256
from handlers.records import Case, Citizen, Clock, Delivery, Reply
from tests.handlers.delivery.world import ACCOUNT, add_officer

TEXT = "您好，请带身份证到社区办理。"


def queue_many(session: Session, count: int, answers: int, now: datetime, ways: dict[int, str]) -> None:
    """Queue ``count`` texts to as many citizens, the first ``answers`` of them answers of cases.

    ``ways`` names what the vendor does with the n-th (see ``vendor.py``); the others are ``ok``.
    """
    officer = add_officer(session, now)
    names = [f"{ways.get(n, 'ok')}-{n}" for n in range(count)]
    session.execute(insert(Citizen), [_citizen(name, n, now) for n, name in enumerate(names)])
    ids = dict(session.execute(select(Citizen.sender_id, Citizen.id)).tuples().all())
    session.execute(insert(Case), [_case(n, ids[names[n]], officer.id, now) for n in range(answers)])
    cases = list(session.scalars(select(Case.id).order_by(Case.number)))
    session.execute(insert(Reply), [_reply(case, officer.id, now) for case in cases])
    session.execute(insert(Clock), [_clock(case, now) for case in cases])
    replies = list(session.scalars(select(Reply.id).order_by(Reply.case_id)))
    rows = []
    for n, name in enumerate(names):
        more: dict[str, Any] = {"purpose": "notice", "case_id": None}
        if n < answers:
            more = {"purpose": "answer", "case_id": cases[n], "reply_id": replies[n]}
        rows.append(
            queue_row(
                channel="wechat", account=ACCOUNT, recipient=name, text=TEXT, now=now, citizen_id=ids[name], **more
            )
        )  # fmt: skip
    session.execute(insert(Delivery), rows)


def _citizen(name: str, n: int, now: datetime) -> dict[str, Any]:
    # Every tenth can only be reached for some hours more.
    until = now + timedelta(hours=5 if n % 10 == 0 else 46)
    return {
        "channel": "wechat", "account": ACCOUNT, "sender_id": name, "first_seen_at": now, "last_inbound_at": now,
        "window_left": 5, "window_until": until,
    }  # fmt: skip


def _case(n: int, citizen: int, officer: int, now: datetime) -> dict[str, Any]:
    return {
        "number": f"20261123-{n:04d}", "query_code": "sealed", "citizen_id": citizen, "channel": "wechat",
        "account": ACCOUNT, "source": "wechat", "state": "to_deliver", "kind": "consultation",
        "section_code": "welfare", "officer_id": officer, "opened_at": now, "received_at": now, "changed_at": now,
    }  # fmt: skip


def _reply(case: int, officer: int, now: datetime) -> dict[str, Any]:
    return {
        "case_id": case, "state": "issued", "text": TEXT, "sha256": text_sha256(TEXT), "drafted_by": officer,
        "drafted_at": now, "issued_by": officer, "issued_at": now,
    }  # fmt: skip


def _clock(case: int, now: datetime) -> dict[str, Any]:
    due = now + timedelta(days=2)
    return {"case_id": case, "rule": "RX-01", "started_at": now, "legal_due": due, "safe_due": due}
