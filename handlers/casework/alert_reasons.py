"""Who gave cause for a notice, and why: read from the record it is about, so that no notice carries the words away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.records import Alert, Consent, Officer, ReplyStep

#: By kind: the record that ``alert.step`` names, who acted in it, and the column that says why.
_SAID: Final[dict[str, tuple[Any, Any, Any]]] = {
    "sent_back": (ReplyStep.id, ReplyStep.officer_id, ReplyStep.note),
    "extension_decided": (Consent.id, Consent.decided_by, Consent.words),
}


def reasons(session: Session, alerts: Iterable[Alert]) -> dict[int, str]:
    """Return 何丽：请写明日期 by the alert's id; the caller has checked that the reader may know of the cases."""
    found: dict[int, str] = {}
    rows = list(alerts)
    for kind, (ident, who, words) in _SAID.items():
        named = {int(row.step): row.id for row in rows if row.kind == kind and row.step.isdecimal()}
        wanted = select(ident, Officer.name, words).join(Officer, Officer.id == who).where(ident.in_(named))
        for record, name, said in session.execute(wanted).tuples() if named else ():
            found[named[record]] = f"{name}：{said}" if said else name
    return found
