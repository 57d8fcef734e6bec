"""The pages of the office and the admin, as the application mounts them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from bot.web.console import board, notices, register, slips, stuck, triage

ROUTERS: Final[tuple[APIRouter, ...]] = (
    board.router,
    stuck.router,
    notices.router,
    triage.router,
    register.router,
    slips.router,
)
