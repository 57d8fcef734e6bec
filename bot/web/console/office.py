"""The pages of the office and the admin, as the application mounts them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from bot.web.console import (
    admin_calendar,
    admin_house,
    admin_people,
    admin_texts,
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
    slips.router,
    casefile.router,
    anchors.router,
    followers.router,
    mandatory.router,
    admin_people.router,
    admin_house.router,
    admin_texts.router,
    admin_calendar.router,
)
