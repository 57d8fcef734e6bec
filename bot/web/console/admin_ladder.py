"""预警: the rungs of the ladder — when, in which colour, who is told — changed, added, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, cast

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot.web.console.admin import SAVED, only_admin, page, replan_open, save
from bot.web.forms import Posted, posted
from bot.web.pages import services
from handlers.accounts.roles import SignedIn
from handlers.errors import InvalidInput
from handlers.escalation.ladder import DEFAULT_LADDER
from handlers.organisation import admin
from handlers.organisation.profile import LadderStep, Profile

router = APIRouter(prefix="/console/admin/ladder", include_in_schema=False)

Form = Annotated[Posted, Depends(posted)]
Faults = Mapping[str, str]
When = Literal["before", "miss", "after"]
WHEN: Final[dict[When, str]] = {"before": "到期前", "miss": "一超期", "after": "超期后"}
#: The colours that fit each moment: before the limit a warning, from the miss on red or the notice.
COLOURS: Final[dict[When, dict[str, str]]] = {
    "before": {"yellow": "黄 ▲", "orange": "橙 ◆"},
    "miss": {"red": "红 ●"},
    "after": {"red": "红 ●", "notice": "书面通报"},
}
TOLD: Final = {"officer": "经办人", "head": "科室负责人", "office": "办公室", "leader": "分管领导"}
_NEW: Final = "new"


@router.get("")
def ladder(request: Request, me: Annotated[SignedIn, only_admin()]) -> Response:
    """The ladder of warnings."""
    return _show(request)


@router.post("")
def save_ladder(request: Request, me: Annotated[SignedIn, only_admin()], form: Form) -> Response:
    """Change the rungs; one that is ticked off goes (red at the miss stays), one filled in below comes."""

    def change(_: Session, profile: Profile) -> Profile:
        stays = [step for step in rungs(profile) if when_of(step) == "miss" or not form.flag(f"gone-{step.code}")]
        kept = [_step(form, step.code, when_of(step)) for step in stays]
        when = form.text(f"when-{_NEW}")
        if when in ("before", "after"):
            kept.append(_step(form, _NEW, cast(When, when), _free_code(kept)))
        return admin.with_ladder(profile, sorted(kept, key=_order))

    said = "已保存，在办的件照此重新安排提醒。"
    answer = save(request, form, change, lambda *found: _show(request, *found), said)
    if answer.status_code == SAVED:
        replan_open(request)
    return answer


def rungs(profile: Profile) -> tuple[LadderStep, ...]:
    """The ladder in force."""
    return profile.ladder or DEFAULT_LADDER


def when_of(step: LadderStep) -> When:
    """Whether a rung stands before the limit, at the miss, or after it."""
    if step.against == "safe_due":
        return "before"
    return "miss" if step.working_days == 0 else "after"


def _show(request: Request, status: int = 200, errors: Faults | None = None, typed: Faults | None = None) -> Response:
    values: dict[str, Any] = {
        "rows": [(step, when_of(step)) for step in rungs(services(request).profile())],
        "colours": {when: list(names.items()) for when, names in COLOURS.items()},
        "when": WHEN, "told": list(TOLD.items()), "typed": typed or {},
    }  # fmt: skip
    return page(request, "admin_ladder.html", status, errors=errors or {}, **values)


def _step(form: Posted, place: str, when: When, code: str = "") -> LadderStep:
    days, share = form.text(f"days-{place}"), form.text(f"share-{place}")
    colour = form.text(f"colour-{place}") or next(iter(COLOURS[when]))
    if colour not in COLOURS[when]:
        raise InvalidInput(f"“{WHEN[when]}”的一级不能用这个颜色。", f"colour-{place}")
    recipients = tuple(one for one in form.many(f"told-{place}") if one in TOLD)
    if not recipients:
        raise InvalidInput("每一级预警至少要有一个提醒对象。", f"told-{place}")
    return LadderStep(
        code=code or place, colour=cast(Any, colour), against="safe_due" if when == "before" else "legal_due",
        working_days=_days(days, when, place), hours_share=_share(share, when, place), recipients=cast(Any, recipients),
    )  # fmt: skip


def _days(text: str, when: When, place: str) -> int:
    if when == "miss":
        return 0
    try:
        days = int(text)
    except ValueError:
        raise InvalidInput("天数请填整数。", f"days-{place}") from None
    least = 0 if when == "before" else 1
    if not least <= days <= 60:
        raise InvalidInput(f"天数在 {least} 到 60 之间。", f"days-{place}")
    return -days if when == "before" else days


def _share(text: str, when: When, place: str) -> float | None:
    if when == "miss":
        return 1.0
    if not text or when == "after":
        return None
    try:
        share = int(text)
    except ValueError:
        raise InvalidInput("百分比请填整数。", f"share-{place}") from None
    if not 0 < share < 100:
        raise InvalidInput("到期前的百分比在 1 到 99 之间。", f"share-{place}")
    return share / 100


def _order(step: LadderStep) -> tuple[bool, int]:
    return step.against == "legal_due", step.working_days


def _free_code(steps: list[LadderStep]) -> str:
    taken = {step.code for step in steps}
    return next(code for code in (f"step_{n}" for n in range(1, 100)) if code not in taken)
