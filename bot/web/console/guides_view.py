"""What the pages of 办事指南 show: the words for states and reasons, one guide's page, the form, a preview, a try."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web.console.guide_form import EMPTY
from bot.web.pages import render, services
from handlers.accounts.directory import names
from handlers.accounts.roles import SignedIn
from handlers.deadlines.worktime import local_day
from handlers.guides import store
from handlers.guides.changes import changes
from handlers.guides.check import check_guide
from handlers.guides.guide import FIELD_NAMES, Guide
from handlers.guides.match import Match, Matcher
from handlers.guides.receipt import ONE_MESSAGE, specimen
from handlers.guides.rights import may_approve, may_write
from handlers.guides.short import desk_of, section_of
from handlers.organisation.profile import Profile
from handlers.taxonomy import TOPICS

STATES: Final = {
    "draft": "待批准", "approved": "生效", "superseded": "已被新版代替", "discarded": "未采用", "withdrawn": "已停用",
}  # fmt: skip
#: Why a question gets no guide, in words.
WHY: Final = {
    "no_guides": "还没有生效的指南",
    "length": "太短或太长，像是在说自己的事",
    "urgent": "系统认为紧急",
    "kind": "系统认为不是咨询",
    "topic": "系统认为是别的业务",
    "two_items": "问了不止一件事，或分不清是哪一件",
    "no_item": "没有认出是哪件事",
    "veto:guide": "有这份指南“不自动发”的词",
    "veto:own_case": "在问自己那件的进度或结果",
    "veto:conduct": "在说工作人员或别人的不是",
    "veto:elsewhere": "提到别的部门的事",
    "veto:other_act": "在问补办、变更一类的另一件事",
    "veto:numbers": "在问指南里没有的数字或政策",
    "not_asked": "没有问什么",
    "unsure": "不够有把握",
}


def one_page(
    request: Request, me: SignedIn, code: str, status: int = 200, errors: Mapping[str, str] | None = None
) -> Response:
    """One guide's page: what is in force, what waits and how it differs, how it is sent, its versions."""
    house = services(request)
    profile, today = house.profile(), local_day(house.now())
    with house.core.database.read() as session:
        entry, versions = store.entry(session, code), store.history(session, code)
        everybody = [who for v in versions for who in (*v.editors, v.approved_by, v.ended_by)]
        shown_now, draft = entry.shown, entry.draft
        section = section_of(shown_now, profile)
        of_draft = section_of(draft.guide, profile) if draft else section
        return render(
            request, "console/guide.html", status, entry=entry, state=state_of(entry, today), versions=versions[::-1],
            people=names(session, everybody), states=STATES, errors=errors or {},
            diff=changes(entry.in_force.guide, draft.guide, profile) if draft and entry.in_force else [],
            sent=specimen((draft.guide if draft else shown_now), profile, house.settings.base_url),
            may_write=may_write(me, section),
            may_approve=draft is not None and may_approve(me, of_draft, draft.row.editors),
            wrote_it=draft is not None and me.officer_id in draft.row.editors,
            may_withdraw=entry.in_force is not None and may_approve(me, section, ()),
            **said_of(shown_now, profile),
        )  # fmt: skip


def said_of(guide: Guide, profile: Profile) -> dict[str, Any]:
    """Return what ``guide_body.html`` needs of a guide."""
    return {"guide": guide, "desk": desk_of(guide, profile), "topic": TOPICS[guide.topic]}


def form_page(
    request: Request,
    code: str | None,
    values: Mapping[str, str],
    seen: str,
    *,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    preview: Mapping[str, Any] | None = None,
    theirs: Any = (),
) -> Response:
    """The form; ``theirs`` are the differences from what somebody else saved in between."""
    profile = services(request).profile()
    return render(
        request, "console/guide_form.html", status, code=code, v={**EMPTY, **values}, seen=seen, errors=errors or {},
        preview=preview, theirs=theirs, names=FIELD_NAMES,
        topics=[(topic, name) for topic, name in TOPICS.items() if topic != "not_ours"],
        sections=[("", "按业务类别归口"), *((section.code, section.name) for section in profile.sections)],
    )  # fmt: skip


def preview(house: Services, guide: Guide) -> dict[str, Any]:
    """How the guide would be sent; faults are told like those of saving."""
    profile = house.profile()
    check_guide(guide, profile)
    text = specimen(guide, profile, house.settings.base_url)
    return {"text": text, "bytes": len(text.encode()), "most": ONE_MESSAGE}


def tried(house: Services, entries: list[store.Entry], question: str) -> Match:
    """What the guides in force would answer, with the labels that the intake would read."""
    today = local_day(house.now())
    answering = [e.in_force.guide for e in entries if e.in_force and e.in_force.guide.valid_on(today)]
    return Matcher(answering).match(question, house.core.understanding.read(question))


def state_of(entry: store.Entry, today: date) -> str:
    """Whether a guide answers on this day, in words."""
    if entry.in_force is None:
        return "没有生效"
    if not entry.in_force.guide.valid_on(today):
        return "不在有效期"
    return "生效"
