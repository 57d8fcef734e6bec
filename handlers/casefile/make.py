"""Making a case file: who may, both forms, and the event that says who took what, when and for what purpose."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.attachments.store import AttachmentStore
from handlers.casefile.archive import write_archive
from handlers.casefile.gather import gather
from handlers.casefile.paper import to_paper
from handlers.casework.access import Person, may_see, relations, see
from handlers.casework.doing import actor_of, lock, required
from handlers.core import Core
from handlers.errors import Conflict, InvalidInput, NotAllowed, NotFound
from handlers.records import Case, CaseEvent

FORMS: Final[dict[str, str]] = {"docx": "Word 文件（可打印）", "zip": "数据归档（供其他系统读取）"}
_MAKERS: Final = frozenset({"claimer", "head", "office", "leader", "recipient"})


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file at ``path``, which the caller deletes after handing it out."""

    path: Path
    filename: str
    serial: str
    sha256: str


def may_make(person: Person, case: Case) -> bool:
    """Whoever answers for the case, and auditors; never anybody who may not see it."""
    if not may_see(person, case):
        return False
    return person.role is Role.AUDITOR or bool(relations(person, case) & _MAKERS)


def make_casefile(
    core: Core, store: AttachmentStore, person: Person, case_id: int, form: str, why: str, now: datetime
) -> Made:
    """Make the file and record it; nothing is handed out that is not in the case's history.

    Raises NotFound, NotAllowed, InvalidInput (form, purpose), Conflict (somebody made one at the same moment).
    """
    if form not in FORMS:
        raise InvalidInput("请选择卷宗的形式。", "form")
    why = required(why, "why", "用途", 200)
    path = _new_file(store)
    try:
        with core.database.read() as session:
            case = see(session, person, case_id)
            if not may_make(person, case):
                raise NotAllowed("卷宗由经办人、科室负责人、办公室、分管领导、举报受理人或审计制作。")
            serial = _made_before(session, case_id) + 1
            file = gather(session, core, person, case, serial, why, now)
            docx = to_paper(file, core)
            if form == "docx":
                path.write_bytes(docx)
            else:
                write_archive(file, core, store, docx, path)
        digest = _digest(path)
        data = {"number": file.serial, "form": form, "sha256": digest, "upto": file.last_seq, "why": why}
        _record(core, person, case_id, serial, data, now)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Made(path, f"卷宗-{file.serial}.{form}", file.serial, digest)


def _record(core: Core, person: Person, case_id: int, serial: int, data: dict[str, Any], now: datetime) -> None:
    with core.database.write() as session:
        case = lock(session, case_id)
        if case is None or not may_see(person, case):
            raise NotFound("没有这件诉求，或者您无权查看。")
        if _made_before(session, case_id) + 1 != serial:
            raise Conflict("同事刚刚也制作了卷宗，请再做一次。")
        core.ledger.append(session, case.id, actor_of(person), "make_casefile", now, data)


def _made_before(session: Session, case_id: int) -> int:
    wanted = select(func.count()).where(CaseEvent.case_id == case_id, CaseEvent.action == "make_casefile")
    return session.scalar(wanted) or 0


def _new_file(store: AttachmentStore) -> Path:
    """An empty file beside the attachments: their disk is large enough, and as well protected."""
    folder = store.root.parent / "casefiles"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".making-", dir=folder)
    os.close(handle)
    return Path(name)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
