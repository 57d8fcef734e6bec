"""For machines that watch: alive, ready (and if not, why, in plain words), and the figures."""

from __future__ import annotations

import ipaddress

import structlog
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web import client
from bot.web.access import public
from bot.web.pages import services
from handlers.errors import HuiyingError, NotFound

log = structlog.get_logger("huiying.web")
router = APIRouter()


@router.get("/healthz", dependencies=[public()], include_in_schema=False)
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", dependencies=[public()], include_in_schema=False)
def readyz(request: Request) -> Response:
    """Whether work can be done: every check of the wiring, with the reason when one fails."""
    found = {name: _run(name, check) for name, check in services(request).ready_checks.items()}
    ready = not any(found.values())
    checks = {name: fault or "ok" for name, fault in found.items()}
    return JSONResponse({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)


def _run(name: str, check: object) -> str | None:
    assert callable(check)
    try:
        return check()  # type: ignore[no-any-return]
    except HuiyingError as fault:
        return str(fault)
    except Exception as fault:  # a check that breaks is a failed check; its text may hold an address with a password
        log.error("ready check broke", check=name, kind=type(fault).__name__)
        return f"检查无法完成（{type(fault).__name__}）。请运行 huiying check 查看原因。"


@router.get("/metrics", dependencies=[public()], include_in_schema=False)
def metrics(request: Request) -> Response:
    """Prometheus figures, for the networks the settings name; to others the page does not exist."""
    house = services(request)
    who = client.address(request, house.settings.trusted_proxies)
    allowed = client.within(who, house.settings.metrics_networks)
    # A proxy on this machine that is not trusted would make everybody look local.
    proxied = "x-forwarded-for" in request.headers and not house.settings.trusted_proxies
    if not allowed or (proxied and ipaddress.ip_address(who).is_loopback):
        raise NotFound("没有这个页面。")
    return Response(generate_latest(house.registry), media_type=CONTENT_TYPE_LATEST)
