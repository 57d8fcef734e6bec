"""What the command line answers too: labels of a text (``huiying classify``), due dates (``huiying due``)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from bot.services import ApiCaller
from bot.web.access import api_key
from bot.web.api.callers import described, spent
from bot.web.api.models import LONGEST, Text
from bot.web.api.problems import RESPONSES
from bot.web.limits import limited
from bot.web.pages import services
from handlers.deadlines.jsonl import DueDesk
from handlers.deadlines.local import limits_of
from handlers.errors import CalendarFault, InvalidInput
from handlers.understanding.jsonl import labels_as_json

router = APIRouter(prefix="/api/v1", tags=["tools"], dependencies=[limited("api"), described], responses=RESPONSES)

Caller = Annotated[ApiCaller, api_key()]
Spent = Annotated[None, spent]


class ClassifyIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": "1", "text": "低保怎么申请"}]})

    id: Text | int | None = None
    text: Annotated[Text, Field(max_length=LONGEST)]


class DueIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "id": "1",
                    "code": "GK-01",
                    "start": "2026-09-21T10:30:00+08:00",
                    "pauses": [["2026-09-24", "2026-10-12"]],
                    "extend": 10,
                }
            ]
        },
    )

    id: Text | int | None = None
    code: Text = Field(max_length=20, description="时限规则 / code of the rule, e.g. RX-02")
    start: Text = Field(max_length=40, description="起算时间，ISO 8601 / ISO 8601 instant")
    pauses: Annotated[list[tuple[Text, Text]], Field(max_length=50)] = Field(
        default_factory=list, description="暂停的日期，首尾都算 / dates, inclusive at both ends"
    )
    extend: int = Field(0, ge=0, le=1000, description="延长，单位同规则 / in the rule's unit")


@router.post("/classify", summary="判读一段文字 / Label a text")
def classify(request: Request, body: ClassifyIn, caller: Caller, _: Spent) -> dict[str, Any]:
    """返回诉求类型、业务类别、情感、紧急程度及依据；不保存。偏移按原文的码点计。"""
    core = services(request).core
    return {"id": body.id} | labels_as_json(core.understanding.read(body.text), core.profile())


@router.post("/due", summary="计算期限 / Count a time limit")
def due(request: Request, body: DueIn, caller: Caller, _: Spent) -> dict[str, Any]:
    """返回法定和稳妥的截止时间，以及逐日的理由。"""
    core = services(request).core
    try:
        return DueDesk(limits_of(core.profile()), core.calendar(), core.profile().hours).answer(body.model_dump())
    except CalendarFault as fault:
        raise InvalidInput(str(fault), "start") from fault
