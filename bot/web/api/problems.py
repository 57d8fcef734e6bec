"""Errors of the interface as problem details (RFC 9457): what happened and what to do, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field

from handlers import errors

MEDIA_TYPE: Final = "application/problem+json"

#: By status: code, what happened, what to do.
_ENGLISH: Final[Mapping[int, tuple[str, str, str]]] = {
    400: ("malformed", "The request cannot be read.", "Send UTF-8 JSON as the description shows."),
    401: ("no_key", "There is no valid API key.", "Send the header Authorization: Bearer <key>."),
    403: ("not_allowed", "This key may not do this.", "Ask the bureau's administrator."),
    404: ("not_found", "There is no such thing for this key.", "Check the number; a key sees only its own cases."),
    405: ("method", "This method is not offered here.", "See /api/docs for the methods of each address."),
    409: ("conflict", "The state does not allow this, or the key was used for another body.", "Read the state first."),
    413: ("too_large", "The body is too large.", "Send fewer or smaller attachments."),
    422: ("invalid", "A field is missing or wrong; nothing was stored.", "Mend the named fields and send it again."),
    429: ("too_many", "Too many requests.", "Wait for the seconds in Retry-After, then send the same request again."),
    500: ("fault", "The server failed.", "Repeat with the same Idempotency-Key; name request_id if it stays so."),
    503: ("unavailable", "Nothing could be stored now.", "Repeat later with the same Idempotency-Key."),
}

_CHINESE: Final[Mapping[int, str]] = {
    400: "请求读不懂：请按说明发送 UTF-8 的 JSON",
    401: "没有有效的密钥：请在 Authorization 头中写 Bearer 加密钥",
    404: "本账号下没有：请核对编号，密钥只能看到自己送交的诉求件",
    409: "状态不允许，或 Idempotency-Key 已用于另一条内容：请先查看现状",
    413: "内容太大：请减少附件",
    422: "某个字段缺少或不对，什么都没有保存：请按 fields 改正后重发",
    429: "太频繁：请等 Retry-After 所说的秒数后原样重发",
    500: "系统出错：请用同一个 Idempotency-Key 重发，仍不行请告诉我们 request_id",
    503: "暂时没能保存：请稍后用同一个 Idempotency-Key 重发",
}

#: pydantic's kinds of error: Chinese, English. ``{…}`` is filled from the error's context.
_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("缺少这一项", "is missing"),
    "extra_forbidden": ("没有这个字段，请检查拼写", "is not a known field"),
    "string_too_short": ("不能为空", "must not be empty"),
    "string_too_long": ("太长，最多 {max_length} 个字符", "is too long, at most {max_length} characters"),
    "too_long": ("太多，最多 {max_length} 个", "has too many items, at most {max_length}"),
    "string_type": ("应为文字", "must be a string"),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "literal_error": ("只能是 {expected}", "must be one of {expected}"),
    "string_pattern_mismatch": ("格式不对", "has the wrong format"),
    "timezone_aware": ("时间必须带时区，如 2026-11-23T09:14:00+08:00", "must carry a time zone offset"),
    "datetime_from_date_parsing": ("时间格式不对，请用 ISO 8601", "must be an ISO 8601 instant"),
    "datetime_parsing": ("时间格式不对，请用 ISO 8601", "must be an ISO 8601 instant"),
    "date_out_of_reach": ("年份应在 {first} 到 {last} 之间", "must lie between the years {first} and {last}"),
    "json_invalid": ("请求体不是有效的 JSON", "the body is not valid JSON"),
}
_OTHER: Final = ("不符合要求", "is not acceptable")


class FieldProblem(BaseModel):
    """One wrong field."""

    field: str = Field(description="字段名 / the field, e.g. contact.phone")
    zh: str
    en: str


class Problem(BaseModel):
    """Problem details (application/problem+json)."""

    type: str = Field(description="恒为 about:blank 或说明地址 / about:blank or an address that explains")
    title: str = Field(description="What happened, in English")
    status: int
    code: str = Field(description="稳定的错误代码 / a stable code")
    detail: str = Field(description="发生了什么、怎么办（中文） / what happened and what to do, in Chinese")
    advice: str = Field(description="What to do, in English")
    request_id: str
    fields: list[FieldProblem] = []


#: What every endpoint may answer, for the description.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": f"{what} {todo}", "content": {MEDIA_TYPE: {}}}
    for status, (_, what, todo) in _ENGLISH.items()
    if status in (400, 401, 404, 409, 413, 422, 429, 503)
}


def known_problems() -> list[tuple[int, str, str, str]]:
    """Every problem for the description: (status, code, Chinese, English)."""
    return [(status, code, _CHINESE[status], f"{what} {todo}") for status, (code, what, todo) in _ENGLISH.items()
            if status in _CHINESE]  # fmt: skip


def problem(fault: Exception, status: int, detail: str, request_id: str) -> dict[str, Any]:
    """Return the body for ``fault``; ``detail`` is the Chinese text of the page's error table."""
    code, what, todo = _ENGLISH.get(status, _ENGLISH[400] if status < 500 else _ENGLISH[500])
    found = Problem(
        type="/api/docs#problems",
        title=what,
        status=status,
        code=code,
        detail=detail,
        advice=todo,
        request_id=request_id,
        fields=list(_fields(fault)),
    )
    if found.fields:
        found.detail = "；".join(f"{field.field}：{field.zh}" for field in found.fields) + "。"
    return found.model_dump()


def _fields(fault: Exception) -> Iterable[FieldProblem]:
    if isinstance(fault, errors.InvalidInput) and fault.field:
        yield FieldProblem(field=fault.field, zh=str(fault).rstrip("。"), en="is not acceptable")
    if isinstance(fault, RequestValidationError):
        for error in fault.errors()[:20]:
            zh, en = _FIELDS.get(error["type"], _OTHER)
            context = {name: str(value) for name, value in error.get("ctx", {}).items()}
            yield FieldProblem(field=_place(error["loc"]), zh=_filled(zh, context), en=_filled(en, context))


def _place(loc: Iterable[Any]) -> str:
    parts = [str(part) for part in loc]
    return ".".join(parts[1:] or parts)[:200]


def _filled(text: str, context: Mapping[str, str]) -> str:
    try:
        return text.format_map(context)
    except KeyError:
        return text.partition("，")[0]
