"""The pages of the office and the admin, as the application mounts them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from bot.web.console import (
    absences,
    admin_calendar,
    admin_house,
    admin_ladder,
    admin_limits,
    admin_people,
    admin_texts,
    admin_ways,
    anchors,
    board,
    casefile,
    figures,
    followers,
    mandatory,
    notices,
    quality,
    register,
    similar,
    slips,
    stuck,
    supervision,
    supervision_weeks,
    triage,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    board.router,
    figures.router,
    quality.router,
    stuck.router,
    notices.router,
    triage.router,
    register.router,
    similar.router,
    absences.router,
    slips.router,
    casefile.router,
    anchors.router,
    followers.router,
    mandatory.router,
    supervision_weeks.router,
    supervision.router,
    admin_people.router,
    admin_house.router,
    admin_texts.router,
    admin_ladder.router,
    admin_calendar.router,
    admin_limits.router,
    admin_ways.router,
)
