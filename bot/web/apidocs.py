"""The interface's own documentation page, made from its OpenAPI description without any file from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.access import public
from bot.web.api.problems import known_problems
from bot.web.pages import render

router = APIRouter()


@router.get("/api/openapi.json", dependencies=[public()], include_in_schema=False)
def openapi(request: Request) -> Response:
    """The OpenAPI description of the REST interface."""
    return JSONResponse(request.app.openapi())


@router.get("/api/docs", dependencies=[public()], include_in_schema=False)
def docs(request: Request) -> Response:
    """The same for people."""
    description = request.app.openapi()
    return render(
        request,
        "apidocs.html",
        info=description["info"],
        operations=list(_operations(description)),
        problems=known_problems(),
    )


def _operations(description: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in description.get("paths", {}).items():
        for method, operation in methods.items():
            yield {
                "method": method.upper(),
                "path": path,
                "summary": operation.get("summary", ""),
                "description": operation.get("description", ""),
                "parameters": operation.get("parameters", []),
                "fields": list(_fields(description, operation)),
                "request": _example(description, operation.get("requestBody", {})),
                "answers": list(_answers(description, operation)),
            }


def _answers(description: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The good answers; the others are the same for every operation and stand at the end of the page."""
    for status, response in operation.get("responses", {}).items():
        if status.startswith("2"):
            text = response.get("description", "").replace("Successful Response", "成功 / done")
            yield {"status": status, "text": text, "example": _example(description, response)}


def _example(description: Mapping[str, Any], holder: Mapping[str, Any]) -> str:
    """The first example of a body's schema as JSON text, "" when it has none."""
    for body in holder.get("content", {}).values():
        for example in _resolved(description, body.get("schema", {})).get("examples", ()):
            return json.dumps(example, ensure_ascii=False, indent=2)
    return ""


def _fields(description: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    for body in content.values():
        schema = _resolved(description, body.get("schema", {}))
        required = set(schema.get("required", ()))
        for name, field in schema.get("properties", {}).items():
            yield {
                "name": name,
                "type": _kind(description, field),
                "required": name in required,
                "text": field.get("description", ""),
            }


def _resolved(description: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "")
    name = reference.rsplit("/", 1)[-1]
    return description["components"]["schemas"][name] if reference else schema


def _kind(description: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " / ".join(_kind(description, part) for part in field["anyOf"])
    found = _resolved(description, field)
    if "enum" in found:
        return " · ".join(str(value) for value in found["enum"])
    return str(found.get("format") or found.get("type") or found.get("title", ""))
