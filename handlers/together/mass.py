"""Mass actions: hand out, pass on or close as duplicates many cases of a list; previewed, then done one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import Person
from handlers.casework.assign import assign, transfer
from handlers.casework.doing import officer_name
from handlers.casework.merge import merge
from handlers.casework.queues import find_number
from handlers.core import Core
from handlers.errors import InvalidInput
from handlers.records import Case
from handlers.together.outcome import Act, Outcome, do_each, try_each

ACTS: Final[dict[str, str]] = {"assign": "分派", "transfer": "转办", "duplicate": "作为重复件并入"}
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to every chosen case: ``act`` is a key of :data:`ACTS`.

    ``chosen`` are (number, version as seen). ``section`` or ``officer_id`` for assign, ``section`` and ``reason`` for
    transfer, ``number`` for duplicate.
    """

    act: str
    chosen: tuple[tuple[str, int], ...]
    section: str = ""
    officer_id: int | None = None
    reason: str = ""
    number: str = ""


def preview(core: Core, person: Person, wish: Wish, now: datetime) -> list[Outcome]:
    """What would become of each case, and which are refused and why; nothing is changed."""
    return try_each(core, _numbers(wish), _acting(core, person, wish, now))


def apply(core: Core, person: Person, wish: Wish, now: datetime) -> list[Outcome]:
    """Do it, case after case, each with its own event. Pressed twice, the second time changes nothing."""
    return do_each(core, _numbers(wish), _acting(core, person, wish, now))


def _numbers(wish: Wish) -> list[str]:
    numbers = list(dict.fromkeys(number for number, _ in wish.chosen))
    if not numbers:
        raise InvalidInput("请先勾选要处理的件。", "case")
    if len(numbers) > MOST:
        raise InvalidInput(f"一次最多处理 {MOST} 件，现在勾选了 {len(numbers)} 件。", "case")
    if wish.act not in ACTS:
        raise InvalidInput("请选择要做什么。", "act")
    return numbers


def _acting(core: Core, person: Person, wish: Wish, now: datetime) -> Act:
    seen = dict(wish.chosen)

    def act(session: Session, number: str) -> tuple[str, str]:
        case_id = find_number(session, person, number)
        if case_id is None or session.scalar(select(Case.restricted).where(Case.id == case_id)):
            raise InvalidInput("没有这件诉求，或者不能批量处理。")
        return _one(session, core, person, wish, case_id, seen[number], now), ""

    return act


def _one(session: Session, core: Core, person: Person, wish: Wish, case_id: int, version: int, now: datetime) -> str:
    if wish.act == "assign":
        section = wish.section or person.section
        case = assign(session, core, person, case_id, version, section=section, officer_id=wish.officer_id, now=now)
        who = f" {officer_name(session, case.officer_id)}" if case.officer_id else ""
        return f"分派给{core.profile().section(section).name}{who}"
    if wish.act == "transfer":
        transfer(session, core, person, case_id, version, section=wish.section, reason=wish.reason, now=now)
        return f"转{core.profile().section(wish.section).name}，时限不重新计算"
    target = merge(session, core, person, case_id, version, into_number=wish.number, now=now)
    return f"并入 {target.number}，来信人会被告知，可以撤销"
