"""One press of a button on the case page: who, on what, with which form; and what came of it, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session
from starlette.requests import Request

from bot.web.dates import typed_day, typed_instant
from bot.web.forms import Posted
from bot.web.pages import services
from handlers.accounts.roles import SignedIn
from handlers.attachments.store import AttachmentStore
from handlers.casework.access import may_see
from handlers.casework.queues import case_id_of
from handlers.core import Core
from handlers.documents.store import Desk
from handlers.errors import InvalidInput
from handlers.records import Case


@dataclass(frozen=True, slots=True)
class Doing:
    """One press of a button: who, on which case as they saw it, with which form. The transaction is the caller's."""

    session: Session
    core: Core
    me: SignedIn
    case_id: int
    version: int
    form: Posted
    now: datetime
    files: AttachmentStore | None = None
    desk: Desk | None = None

    def day(self, name: str) -> date | None:
        """Return a date field, ``None`` when it is empty. Raises InvalidInput."""
        return typed_day(self.form, name)

    def instant(self, name: str) -> datetime | None:
        """Return a local date-and-time field as an aware instant, ``None`` when it is empty. Raises InvalidInput."""
        return typed_instant(self.form, name)

    def chosen(self, name: str, what: str) -> int:
        """Return the id of a chosen thing. Raises InvalidInput when nothing was chosen."""
        found = self.form.number(name)
        if found is None:
            raise InvalidInput(f"请选择{what}。", name)
        return found


@dataclass(frozen=True, slots=True)
class Did:
    """What happened, in words; ``number`` leads to another case when the work goes on there."""

    notice: str
    number: str = ""


def section_of(do: Doing, case: Case) -> str:
    """The name of the section that has the case; the office while none has."""
    names = do.core.profile().section_names
    return names.get(case.section_code or "", "办公室")


def press(
    request: Request, me: SignedIn, number: str, form: Posted, button: Callable[[Doing], Did]
) -> tuple[Did, bool]:
    """Do what ``button`` does to the case, in one transaction; True when its reader may still see the case."""
    house = services(request)
    with house.core.database.write() as session:
        case_id = case_id_of(session, me, number)
        version = form.number("version")
        if version is None:
            raise InvalidInput("页面不完整，请刷新后再试。")
        did = button(Doing(session, house.core, me, case_id, version, form, house.now(), house.files, house.desk))
        return did, may_see(me, session.get_one(Case, case_id))
