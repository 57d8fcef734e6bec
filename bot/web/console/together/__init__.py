"""The console's pages of working together: presence, many cases at once, one person, one matter of many people."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from bot.web.console.together import groups, mass, people, presence

#: Asked before the case page's own routes, which take any last word of an address for a move.
ROUTERS: Final[tuple[APIRouter, ...]] = (presence.router, people.router, groups.router, mass.router)
