"""One JSON line of ``huiying guide ask``: a question in, the guide that answers it (or none) out."""

from __future__ import annotations

import json
from typing import Any

from handlers.errors import InvalidInput
from handlers.guides.match import Match, Matcher
from handlers.text import storable
from handlers.understanding.labels import Understanding


def ask_line(line: str, matcher: Matcher, understanding: Understanding) -> str:
    """Return the answer to one line ``{"id", "text"}``; a line that cannot be read is answered with its error."""
    identity: object = None
    try:
        given = _given(line)
        identity = given.get("id")
        answer = {"id": identity} | asked(given["text"], matcher, understanding)
    except InvalidInput as error:
        answer = {"id": identity, "error": str(error)}
    return storable(json.dumps(answer, ensure_ascii=False))


def asked(text: str, matcher: Matcher, understanding: Understanding) -> dict[str, Any]:
    """Return what the intake would find for ``text``: the guide's code or ``None``, how sure, why, by which words."""
    return match_as_json(matcher.match(text, understanding.read(text)))


def match_as_json(match: Match) -> dict[str, Any]:
    """Return a match as plain data; offsets are code points of the original text."""
    evidence = [{"start": e.start, "end": e.end, "text": e.text, "weight": e.weight} for e in match.evidence]
    guide = match.guide.code if match.guide else None
    return {"guide": guide, "confidence": match.confidence, "evidence": evidence, "why": match.why}


def _given(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"not a JSON line: {error}") from error
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise InvalidInput('a line must be an object of the form {"id": …, "text": "…"}')
    return given
