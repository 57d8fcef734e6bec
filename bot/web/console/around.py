"""What stands around a case on its page: who may see it, a report to the police that is due, who follows it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from handlers.accounts.directory import listed
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.casefile.make import may_make
from handlers.casework.access import relations
from handlers.casework.follow import CONSENTS, followers_of, may_add
from handlers.casework.guard import CHOSEN, level_name
from handlers.casework.moves import MOVES
from handlers.casework.sensitivity import kinds, levels, officer_mark, section_mark
from handlers.core import Core
from handlers.escalation.mandatory import WAYS, may_report, reports_of
from handlers.records import Case

#: What each level means, said at the choice.
_MEANS = {
    "guarded": "保护：只有办公室、分管领导、科室负责人、经办人和点名的同事能看",
    "screened": "回避：和普通件一样，但下面列出的科室和同事看不到、查不到",
    "": "普通：承办和协办科室、办公室、分管领导、审计能看",
}


def around(session: Session, core: Core, me: SignedIn, case: Case) -> dict[str, Any]:
    """Everything the partials beside and above the conversation need."""
    reports = reports_of(session, case.id)
    may_guard = bool(relations(me, case) & MOVES["guard"].who)
    return {
        "level": level_name(case),
        "why": [kinds()[code].name for code in case.sensitive_kinds if code in kinds()],
        "may_guard": may_guard,
        "levels": [(code, _MEANS[code]) for code in CHOSEN if code in levels()],
        "sections": [(s.code, s.name, section_mark(s.code) in case.barred) for s in core.profile().sections],
        "people": _people(session, case) if may_guard else [],
        "report": next((task for task in reports if task.state == "open"), None),
        "reports": [(task, core.vault.open(task.told)) for task in reports],
        "may_report": may_report(me, case),
        "report_ways": list(WAYS.items()),
        "may_make": may_make(me, case),
        "followers": followers_of(session, core, case.id),
        "may_follow": may_add(me, case),
        "consents": list(CONSENTS.items()),
    }


def _people(session: Session, case: Case) -> list[tuple[int, str, bool, bool]]:
    """(id, name, barred, admitted) of everybody who could see cases at all."""
    readers = (one for one in listed(session) if not one.disabled and one.role in CASE_READERS)
    marks = ((one.id, one.name, officer_mark(one.id)) for one in readers)
    return [(ident, name, mark in case.barred, mark in case.admitted) for ident, name, mark in marks]
