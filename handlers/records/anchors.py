"""锚点: a small signed file a day outside the database, by which a cut or rewritten chain of events is found.

A chain proves by its seals that nothing *in* it was changed; it cannot show that its end was cut off. An anchor says
how many events there were up to which one, and the digest over all their seals. Each also carries the seal of the
anchor before, so that none can be taken out. Kept on another machine, or printed, they bind whoever has the database.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from handlers.deadlines.worktime import local_day
from handlers.records.case_event import CaseEvent
from handlers.records.database import Database
from handlers.records.ledger import Ledger

FOLDER: Final = "anchors"
_AT_A_TIME: Final = 5000
#: Without a new anchor for so long, somebody must look: the job stands still, or files were taken away.
_STALE: Final = timedelta(days=2)
_MARK: Final = "anchor:"


@dataclass(frozen=True, slots=True)
class Anchor:
    """``last`` is the id of the last event, ``count`` how many there were up to it, ``head`` the digest of their seals.

    ``before`` is the ``mac`` of the anchor before ("" for the first).
    """

    date: str
    at: str
    last: int
    count: int
    head: str
    before: str
    mac: str = ""

    @property
    def body(self) -> str:
        """What is signed."""
        unsigned = {key: value for key, value in asdict(self).items() if key != "mac"}
        return _MARK + json.dumps(unsigned, sort_keys=True, separators=(",", ":"))


def export_anchor(database: Database, ledger: Ledger, folder: Path, now: datetime) -> Anchor | None:
    """Write the anchor of the local day of ``now``; ``None`` when the day has one or nothing was ever recorded.

    Reads only the events since the last anchor. Raises ValueError when the one before does not fit the database: a new
    one on top would hide that.
    """
    folder.mkdir(parents=True, exist_ok=True)
    day, known = local_day(now).isoformat(), read_anchors(folder)
    if known and known[-1].date >= day:
        return None
    before = known[-1] if known else None
    if before is not None and not ledger.signed(before.body, before.mac):
        raise ValueError(f"the anchor of {before.date} is not signed by our key: run `huiying audit verify`")
    last = _last_settled(database)
    if last == 0:
        return None
    count, head = (before.count, before.head) if before else (0, "")
    with database.read() as session:
        count, head = _walked(session, before.last if before else 0, last, count, head)
    made = Anchor(day, now.isoformat(), last, count, head, before.mac if before else "")
    signed = Anchor(**{**asdict(made), "mac": ledger.sign(made.body)})
    return signed if _write(folder / f"{day}.json", signed) else None


def read_anchors(folder: Path) -> list[Anchor]:
    """All anchors by date. Raises ValueError naming a file that is none."""
    found = []
    for path in sorted(folder.glob("????-??-??.json")):
        try:
            found.append(Anchor(**json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, TypeError) as fault:
            raise ValueError(f"{path.name} is not an anchor: put back the copy you keep elsewhere") from fault
        if found[-1].date != path.stem:
            raise ValueError(f"{path.name} holds the anchor of {found[-1].date}: put back the copy you keep elsewhere")
    return found


def check_anchors(session: Session, ledger: Ledger, folder: Path, now: datetime) -> Iterator[str]:
    """Yield in words what does not fit: an anchor altered or missing, events cut off, put in or rewritten."""
    try:
        anchors = read_anchors(folder)
    except ValueError as fault:
        yield str(fault)
        return
    trusted, before = [], ""
    for anchor in anchors:
        if not ledger.signed(anchor.body, anchor.mac):
            yield f"锚点 {anchor.date} 被改过，或不是用这把密钥签的"
        else:
            if anchor.before != before:
                yield f"锚点 {anchor.date} 之前少了一个或几个锚点文件，或被换过"
            trusted.append(anchor)
        before = anchor.mac
    yield from _against_events(session, trusted)
    if anchors and datetime.fromisoformat(anchors[-1].at) < now - _STALE:
        yield f"最近的锚点是 {anchors[-1].date} 的：定时任务没有运行，或之后的锚点文件被拿走了"


def _against_events(session: Session, anchors: list[Anchor]) -> Iterator[str]:
    """Compare each anchor with the events; after the first that does not fit, all later ones cannot."""
    since, last, count, head = "最早", 0, 0, ""
    for anchor in anchors:
        count, head = _walked(session, last, anchor.last, count, head)
        if (count, head) != (anchor.count, anchor.head):
            lost = anchor.count - count
            what = f"少了 {lost} 条" if lost > 0 else f"多了 {-lost} 条" if lost < 0 else "条数相符，但内容被重写过"
            yield f"{since}至 {anchor.date} 锚点之间的留痕与锚点不符：{what}（事件编号 {last + 1} 至 {anchor.last}）"
            return
        since, last = f"{anchor.date} 锚点", anchor.last


def _walked(session: Session, after: int, last: int, count: int, head: str) -> tuple[int, str]:
    """Go on counting and digesting with the events after ``after`` up to ``last``, in the order of writing."""
    rows: Select[Any] = select(CaseEvent.id, CaseEvent.case_id, CaseEvent.seq, CaseEvent.mac)
    rows = rows.where(CaseEvent.id > after, CaseEvent.id <= last).order_by(CaseEvent.id)
    for row in session.execute(rows, execution_options={"yield_per": _AT_A_TIME}):
        line = f"{head}|{row.id}|{row.case_id}|{row.seq}|{row.mac}"
        count, head = count + 1, hashlib.sha256(line.encode()).hexdigest()
    return count, head


def _last_settled(database: Database) -> int:
    """The last event of which it is certain that no earlier one is still being committed."""
    with database.write() as session:
        if session.get_bind().dialect.name == "postgresql":
            # Ids are given out before the commit: wait for everybody who holds one. Writers wait milliseconds.
            session.execute(text("LOCK TABLE case_event IN SHARE MODE"))
        return session.scalar(select(CaseEvent.id).order_by(CaseEvent.id.desc()).limit(1)) or 0


def _write(path: Path, anchor: Anchor) -> bool:
    """Write the file whole or not at all; false when another process has written it first."""
    with NamedTemporaryFile("w", dir=path.parent, prefix=".new-", encoding="utf-8", delete=False) as file:
        json.dump(asdict(anchor), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(file.name, path)
    except FileExistsError:
        return False
    finally:
        os.unlink(file.name)
    path.chmod(0o440)
    return True
