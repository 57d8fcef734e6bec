"""Structured logs: JSON lines (or plain ones for a terminal), never with a message's text or personal data."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from handlers.faults import describe, trail

_QUIET = ("alembic", "httpx", "httpcore", "apscheduler", "uvicorn.access", "telegram", "multipart")


def set_up_logs(level: str, shape: str) -> None:
    """Send everything, our own and the libraries', through one set of processors to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_faults,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if shape == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _name_faults(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace a traceback, whose values may be the citizen's words, by the fault's type and way."""
    fault = event.pop("exc_info", None)
    if fault is True:
        fault = sys.exc_info()
    if isinstance(fault, tuple):
        fault = fault[1]
    if isinstance(fault, BaseException):
        event["fault"], event["trail"] = describe(fault), trail(fault)
    record = event.get("_record")
    if record is not None and record.exc_info:
        exception = record.exc_info[1]
        record.exc_info = record.exc_text = None
        if exception is not None:
            event["fault"], event["trail"] = describe(exception), trail(exception)
    return event
