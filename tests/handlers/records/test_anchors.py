"""Anchors find what a chain by itself cannot: a cut tail, a whole chain rewritten, an anchor altered or taken away."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from handlers.core import Core
from handlers.records import Case, CaseEvent
from handlers.records.anchors import check_anchors, export_anchor, read_anchors
from handlers.records.ledger import Ledger
from handlers.records.vault import new_key

Faults = Callable[..., list[str]]


@pytest.fixture
def folder(core: Core, tmp_path: Path, now: datetime) -> Path:
    """Three days with two cases and an anchor each."""
    with core.database.write() as session:
        for number in (1, 2):
            case = Case(
                number=f"20261123-{number:04d}", query_code="-", channel="wechat", source="wechat", state="triage",
                opened_at=now, received_at=now, changed_at=now,
            )  # fmt: skip
            session.add(case)
    for day in range(3):
        at = now + timedelta(days=day)
        with core.database.write() as session:
            for case_id in session.scalars(select(Case.id)).all():
                core.ledger.append(session, case_id, "system", "note", at, {"day": day})
        assert export_anchor(core.database, core.ledger, tmp_path, at) is not None
    return tmp_path


@pytest.fixture
def faults(core: Core, folder: Path, now: datetime) -> Faults:
    def look(days: float = 2, ledger: Ledger | None = None) -> list[str]:
        with core.database.read() as session:
            at = now + timedelta(days=days)
            events = session.scalars(select(CaseEvent).order_by(CaseEvent.case_id, CaseEvent.seq)).all()
            broken = [one.why for one in (ledger or core.ledger).verify(events)]
            return broken + list(check_anchors(session, ledger or core.ledger, folder, at))

    return look


def test_an_untouched_chain_fits_its_anchors(folder: Path, faults: Faults) -> None:
    assert faults() == []
    assert [(anchor.date, anchor.count) for anchor in read_anchors(folder)] == [
        ("2026-11-23", 2), ("2026-11-24", 4), ("2026-11-25", 6),
    ]  # fmt: skip


def test_a_day_has_one_anchor_however_many_processes_write_it(core: Core, folder: Path, now: datetime) -> None:
    assert export_anchor(core.database, core.ledger, folder, now + timedelta(days=2, hours=3)) is None
    assert len(list(folder.glob("*.json"))) == 3


def test_a_cut_tail_is_found_although_the_chain_that_is_left_holds(core: Core, faults: Faults) -> None:
    with core.database.write() as session:
        session.execute(delete(CaseEvent).where(CaseEvent.case_id == 1, CaseEvent.seq == 3))
    found = faults()
    assert len(found) == 1 and "少了 1 条" in found[0] and "2026-11-25" in found[0]


def test_a_chain_recomputed_with_another_key_is_found_even_by_that_key(core: Core, faults: Faults) -> None:
    """Somebody without our key rewrites a case from the start, and checks with a key of their own."""
    other = Ledger(new_key())
    with core.database.write() as session:
        mac = ""
        for event in session.scalars(select(CaseEvent).where(CaseEvent.case_id == 1).order_by(CaseEvent.seq)).all():
            row = other.row(1, event.seq, mac, event.actor, "withdraw", event.at, {})
            session.execute(update(CaseEvent).where(CaseEvent.id == event.id).values(**row))
            mac = row["mac"]
    found = faults()
    assert any("内容被重写过" in words for words in found)
    assert any("不是用这把密钥签的" in words for words in faults(ledger=other))


def test_events_put_in_later_are_found(core: Core, faults: Faults, now: datetime) -> None:
    with core.database.write() as session:
        session.execute(delete(CaseEvent).where(CaseEvent.id == 4))
        row = core.ledger.row(2, 2, "", "system", "note", now, {})
        session.add(CaseEvent(id=4, **row))
    assert any("内容被重写过" in words and "2026-11-24" in words for words in faults())


def test_an_altered_anchor_is_found(folder: Path, faults: Faults) -> None:
    file = folder / "2026-11-24.json"
    file.chmod(0o640)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"count": 3}))
    assert faults() == ["锚点 2026-11-24 被改过，或不是用这把密钥签的"]


def test_an_anchor_taken_out_is_found(folder: Path, faults: Faults) -> None:
    (folder / "2026-11-24.json").unlink()
    assert any("之前少了" in words for words in faults())


def test_anchors_that_end_early_are_found(folder: Path, faults: Faults) -> None:
    (folder / "2026-11-25.json").unlink()
    assert faults() == []
    assert any("最近的锚点是 2026-11-24" in words for words in faults(days=4))


def test_no_anchor_is_written_upon_one_that_is_not_ours(core: Core, folder: Path, now: datetime) -> None:
    with pytest.raises(ValueError, match="not signed by our key"):
        export_anchor(core.database, Ledger(new_key()), folder, now + timedelta(days=3))
