"""识别质量: which model reads, how well, what people corrected week by week; 立即学习 and 退回上一个 for the admin."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.services import Services
from bot.web.access import requires
from bot.web.console import quality_chart as chart
from bot.web.console import quality_drift as drifted
from bot.web.console import quality_view as view
from bot.web.forms import Posted, posted
from bot.web.limits import limited
from bot.web.pages import done, render, services
from handlers.accounts.roles import Role, SignedIn
from handlers.errors import Conflict, ModelFault
from handlers.fresh import forget
from handlers.learning import asked, store
from handlers.learning.drift import drift
from handlers.learning.local_figures import LEAST, LocalFigures
from handlers.learning.warnings import compared
from handlers.records import LearningRequest, Officer, UnderstandingModel
from handlers.understanding.evaluation.evaluate import Evaluation
from handlers.understanding.training.examples import shipped

router = APIRouter(prefix="/console/quality", include_in_schema=False, dependencies=[limited("page")])
log = structlog.get_logger("huiying.learning")

READERS: Final = (Role.OFFICE, Role.ADMIN)
_HERE: Final = "/console/quality"
_LISTED: Final = 10
#: A wish that waits longer than this has no scheduler to pick it up.
_SOON: Final = timedelta(minutes=3)
_STEPS: Final = {"waiting": "等待开始", "running": "正在学习，要一两分钟", "done": "已完成", "failed": "没有完成"}


@router.get("")
def quality(request: Request, me: Annotated[SignedIn, requires(*READERS)]) -> Response:
    """The page; figures of the local test set are measured with what reads now, without restricted cases."""
    house, now = services(request), services(request).now()
    with house.core.database.read() as session:
        models = store.listed(session)[:_LISTED]
        promoted = next((row for row in models if row.state == "promoted"), None) or _promoted(session)
        found = drift(session, now)
        wish = _wish(session, now)
    local = _local(request, house)
    enough = local.n >= LEAST
    steps = local.topic.steps if enough and local.topic else ()
    return render(
        request,
        "console/office/quality.html",
        learns=_learns(house),
        reads_with=house.core.understanding.model,
        promoted=promoted,
        own_corpus=len(shipped().learned),
        sets=_sets(promoted, local if enough else None),
        local_n=local.n,
        least=LEAST,
        curve=chart.curve_picture(steps) if steps else None,
        steps=steps,
        weeks=found.weeks,
        weeks_read=sum(week.read for week in found.weeks),
        weeks_picture=chart.weeks_picture(found.weeks),
        topics=drifted.share_rows(found, "topic"),
        kinds=drifted.share_rows(found, "kind"),
        changes=drifted.changes(found),
        warned=drifted.warnings(compared(found.weeks)),
        bounds=drifted.BOUNDS,
        trainings=view.trainings(models),
        wish=wish,
        may_act=me.role is Role.ADMIN,
        may_roll_back=any(row.state == "previous" for row in models),
        view=view,
        drifted=drifted,
    )


@router.post("/learn")
def learn(request: Request, me: Annotated[SignedIn, requires(Role.ADMIN)]) -> Response:
    """Write down the wish to learn now; a scheduler picks it up within a minute."""
    house = services(request)
    if not _learns(house):
        return done(_HERE, "现在按规则判断，不学习。要学习请把设置 HUIYING_UNDERSTANDING 改为 learned。")
    try:
        with house.core.database.write() as session:
            asked.ask(session, me.officer_id, house.now())
    except Conflict as fault:
        return done(_HERE, str(fault))
    log.info("learning asked for", officer=me.login)
    return done(_HERE, "已记下，一分钟内开始，再过一两分钟学完。没有变差才会采用。")


@router.get("/rollback")
def confirm_rollback(request: Request, me: Annotated[SignedIn, requires(Role.ADMIN)]) -> Response:
    """Ask once, naming both models."""
    with services(request).core.database.read() as session:
        now_in_force, before = _promoted(session), _previous(session)
    if now_in_force is None or before is None:
        return done(_HERE, "没有可以退回的模型。")
    return render(request, "console/office/quality_rollback.html", promoted=now_in_force, before=before)


@router.post("/rollback")
def rollback(
    request: Request, me: Annotated[SignedIn, requires(Role.ADMIN)], form: Annotated[Posted, Depends(posted)]
) -> Response:
    """Put the model before this one back in force, if the one that was seen is still in force."""
    house = services(request)
    try:
        with house.core.database.write() as session:
            in_force = store.in_force(session)
            if in_force is None or in_force[0] != form.number("seen"):
                return done(_HERE, "在用的模型刚刚换过了，没有退回。请看清楚再决定。")
            name = store.roll_back(session, house.now()).name
    except ModelFault:
        return done(_HERE, "没有可以退回的模型。")
    forget(house.core.understanding)
    log.info("model rolled back", officer=me.login, model=name)
    return done(_HERE, f"已退回 {name}，各程序几秒内跟上。")


def _learns(house: Services) -> bool:
    return house.settings.understanding == "learned"


def _local(request: Request, house: Services) -> Evaluation:
    state = request.app.state
    if not hasattr(state, "local_figures"):
        state.local_figures = LocalFigures()
    figures: LocalFigures = state.local_figures
    return figures.measured(house.core.database, house.core.understanding)


def _sets(promoted: UnderstandingModel | None, local: Evaluation | None) -> list[view.SetView]:
    sets = [view.local_set_view(local)] if local else []
    kept: dict[str, Any] = (promoted.figures or {}).get("held_out", {}) if promoted else {}
    return [*sets, view.set_view("held_out", kept)] if kept else sets


def _promoted(session: Session) -> UnderstandingModel | None:
    found = store.in_force(session)
    return session.get(UnderstandingModel, found[0]) if found else None


def _previous(session: Session) -> UnderstandingModel | None:
    return next((row for row in store.listed(session) if row.state == "previous"), None)


def _wish(session: Session, now: datetime) -> dict[str, Any] | None:
    """The newest wish in words; ``under_way`` while nothing came of it yet, ``stuck`` when nobody picks it up."""
    row = asked.latest(session)
    if row is None:
        return None
    officer = session.get(Officer, row.asked_by)
    return {
        "who": officer.name if officer else "",
        "asked_at": row.asked_at,
        "ended_at": row.ended_at,
        "state": _STEPS.get(row.state, row.state),
        "outcome": _outcome(row),
        "under_way": row.state in ("waiting", "running"),
        "stuck": row.state == "waiting" and now - row.asked_at > _SOON,
    }


def _outcome(row: LearningRequest) -> str:
    if row.state == "failed":
        return (
            "中断了，没有结果，可以再按一次。"
            if row.error == "BrokenOff"
            else f"出错（{row.error}），详情在运行日志里。"
        )
    if row.state != "done":
        return ""
    taken = f"已采用 {row.model}" if row.promoted else f"没有采用 {row.model}，仍用原来的"
    return f"{taken}：{view.verdict_words(row.verdict)}。"
