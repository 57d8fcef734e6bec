"""One JSON line of ``huiying classify``: a text in, its labels out, in the shape of the product's interface."""

from __future__ import annotations

import json
from typing import Any

from handlers.errors import InvalidInput
from handlers.organisation.profile import Profile
from handlers.text import storable
from handlers.understanding.labels import Evidence, Labels, Understanding


def classify_line(line: str, understanding: Understanding, profile: Profile) -> str:
    """Return the answer to one line ``{"id", "text"}``; a line that cannot be read is answered with its error.

    Offsets are code points of the original text; ``section`` is the code of the topic's lead section.
    """
    identity: object = None
    try:
        given = _given(line)
        identity = given.get("id")
        answer = {"id": identity} | labels_as_json(understanding.read(_text(given)), profile)
    except InvalidInput as error:
        answer = {"id": identity, "error": str(error)}
    return storable(json.dumps(answer, ensure_ascii=False))


def labels_as_json(labels: Labels, profile: Profile) -> dict[str, Any]:
    """Return ``labels`` as plain data, with the section that the profile routes the topic to."""
    return {
        "kind": labels.kind,
        "topic": labels.topic,
        "topic_2": labels.topic_2,
        "sentiment": labels.sentiment,
        "urgent": labels.urgent,
        "needs_person": labels.needs_person,
        "section": profile.route(labels.topic).lead if labels.topic else None,
        "confidence": dict(labels.confidence),
        "evidence": {name: [_evidence(e) for e in found] for name, found in labels.evidence.items()},
        "model": labels.model,
    }


def _given(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"not a JSON line: {error}") from error
    if not isinstance(given, dict):
        raise InvalidInput('a line must be an object of the form {"id": …, "text": "…"}')
    return given


def _text(given: dict[str, Any]) -> str:
    text = given.get("text")
    if not isinstance(text, str):
        raise InvalidInput('"text" is missing or not a string', field="text")
    return text


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {"start": evidence.start, "end": evidence.end, "text": evidence.text, "weight": evidence.weight}
