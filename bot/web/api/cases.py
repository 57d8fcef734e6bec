"""``/api/v1/cases``: progress and answers of the key's own cases, and what the citizen decides about them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session
from starlette.requests import Request

from bot.channels.rest import CODE
from bot.services import ApiCaller, Services
from bot.web.access import api_key
from bot.web.api.callers import described, spent
from bot.web.api.models import AnswerOut, CaseLine, CaseList, CaseOut, RatingIn, StepOut, TrackOut, WordsIn
from bot.web.api.problems import RESPONSES
from bot.web.limits import limited
from bot.web.pages import services
from handlers.casework import citizen
from handlers.delivery.readable import read_by_citizen
from handlers.errors import InvalidInput, NotFound
from handlers.records import Case

#: A change is listed this late, so that none that is still being committed is overtaken and missed.
_SETTLES: Final = timedelta(seconds=5)

router = APIRouter(
    prefix="/api/v1/cases", tags=["cases"], dependencies=[limited("api"), described], responses=RESPONSES
)

Number = Annotated[str, Path(max_length=40, description="受理编号 / case number", examples=["20261123-0007"])]
Caller = Annotated[ApiCaller, api_key()]
Spent = Annotated[None, spent]


@router.get("", response_model=CaseList, summary="变动过的诉求件 / Cases that changed")
def changed(
    request: Request,
    caller: Caller,
    _: Spent,
    after: Annotated[str, Query(max_length=80, description="上次返回的 after / from the last answer")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> CaseList:
    """按变动先后列出本账号的诉求件，用 after 接着取，供平台定时同步。"""
    house = services(request)
    settled = house.now() - _SETTLES
    wanted = select(Case).where(Case.channel == CODE, Case.account == caller.account, Case.changed_at <= settled)
    if after:
        wanted = wanted.where(tuple_(Case.changed_at, Case.id) > _place(after))
    with house.core.database.read() as session:
        rows = session.scalars(wanted.order_by(Case.changed_at, Case.id).limit(limit)).all()
    lines = [
        CaseLine(number=row.number, outer_number=row.outer_number, state=row.state, changed_at=row.changed_at)
        for row in rows
    ]
    return CaseList(cases=lines, after=f"{rows[-1].changed_at.isoformat()}~{rows[-1].id}" if rows else after)


@router.get("/{number}", response_model=CaseOut, summary="进度与答复 / Progress and answers")
def show(request: Request, number: Number, caller: Caller, _: Spent) -> CaseOut:
    """只能看本账号送交的诉求件。取到答复即视为已送达来件平台，请及时显示给群众。"""
    house = services(request)
    with house.core.database.read() as session:
        case = own_case(session, caller, number)
        case_id, waits = case.id, case.state == "to_deliver"
    if waits:
        with house.core.database.write() as session:
            read_by_citizen(session, house.core, case_id, "rest", house.now())
    return _shown(house, case_id)


@router.post("/{number}/rating", response_model=CaseOut, summary="评价 / Rate the answer")
def rate(request: Request, number: Number, body: RatingIn, caller: Caller, _: Spent) -> CaseOut:
    """满意、一般或不满意，可附几句话；再次评价以后一次为准。"""
    house = services(request)
    with house.core.database.write() as session:
        case_id = own_case(session, caller, number).id
        citizen.rate(session, house.core, case_id, body.rating, body.words, now=house.now())
    return _shown(house, case_id)


@router.post("/{number}/reopening", response_model=CaseOut, summary="不满意，要求重办 / Ask for it to be done again")
def reopen(request: Request, number: Number, body: WordsIn, caller: Caller, _: Spent) -> CaseOut:
    """答复后一段时间内可要求重办一次，期限重新计算。"""
    house = services(request)
    with house.core.database.write() as session:
        case_id = own_case(session, caller, number).id
        citizen.reopen(session, house.core, case_id, body.words, now=house.now())
    return _shown(house, case_id)


@router.post("/{number}/withdrawal", response_model=CaseOut, summary="撤回 / Take the case back")
def withdraw(request: Request, number: Number, caller: Caller, _: Spent) -> CaseOut:
    """答复之前，群众可以撤回。"""
    house = services(request)
    with house.core.database.write() as session:
        case_id = own_case(session, caller, number).id
        citizen.withdraw(session, house.core, case_id, now=house.now())
    return _shown(house, case_id)


def own_case(session: Session, caller: ApiCaller, number: str) -> Case:
    """Return the caller's own case; NotFound says the same for an absent and for somebody else's number."""
    wanted = select(Case).where(Case.number == number, Case.channel == CODE, Case.account == caller.account)
    case = session.scalars(wanted).one_or_none()
    if case is None:
        raise NotFound("本账号下没有这个编号的诉求件，请核对编号。")
    return case


def _shown(house: Services, case_id: int) -> CaseOut:
    with house.core.database.read() as session:
        view = citizen.progress_view(session, house.core, case_id, house.now())
        outer_number = session.get_one(Case, case_id).outer_number
    return CaseOut(
        outer_number=outer_number,
        steps=[StepOut(at=step.at, words=step.words) for step in view.steps],
        answers=[AnswerOut(at=found.at, purpose=found.purpose, text=found.text) for found in view.answers],
        can=sorted(view.can),
        tracks=[TrackOut(**asdict(track)) for track in view.tracks],
        **{
            name: getattr(view, name)
            for name in (
                "number", "state", "state_words", "subject", "section", "opened_at", "changed_at", "latest", "rule",
                "to_confirm", "result", "rating", "merged_into",
            )
        },
    )  # fmt: skip


def _place(after: str) -> tuple[datetime, int]:
    instant, _, case_id = after.partition("~")
    try:
        moment, number = datetime.fromisoformat(instant), int(case_id)
        if moment.tzinfo is None or not 0 <= number < 2**63:
            raise ValueError
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise InvalidInput("请原样使用上次返回的 after。", "after") from fault
    return moment, number
