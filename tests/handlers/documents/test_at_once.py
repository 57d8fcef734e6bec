"""Many officers make documents at the same instant: every number once, none left out, the chain holds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from handlers.accounts.roles import Role
from handlers.attachments.store import AttachmentStore
from handlers.casework.access import staff_of
from handlers.core import Core
from handlers.documents.store import Desk, make
from handlers.documents.templates import shipped_templates
from handlers.records import Case, CaseEvent, Document, Officer
from tests.handlers.documents.samples import TYPED


def test_numbers_given_out_at_once_are_each_given_once(core: Core, tmp_path: Path, now: datetime) -> None:
    desk = Desk(core, AttachmentStore(tmp_path), shipped_templates())
    with core.database.write() as session:
        row = Officer(login="o", name="乌云", role=str(Role.OFFICE), password_hash="-", created_at=now)
        session.add(row)
        session.flush()
        officer, ids = staff_of(row), list[int]()
        for n in range(4):
            case = Case(
                number=f"20261123-{n:04d}", query_code="", channel="web", source="web", state="assigned",
                section_code="welfare", opened_at=now, received_at=now, changed_at=now,
            )  # fmt: skip
            session.add(case)
            session.flush()
            ids.append(case.id)

    def one(case_id: int) -> None:
        with core.database.write() as session:
            make(session, desk, officer, case_id, "acceptance_notice", TYPED, now)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(one, case_id) for case_id in ids * 3]:
            done.result(timeout=60)
    with core.database.read() as session:
        serials = session.scalars(select(Document.serial).order_by(Document.serial)).all()
        assert list(serials) == list(range(1, 13))
        events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
        assert list(core.ledger.verify(events)) == []
