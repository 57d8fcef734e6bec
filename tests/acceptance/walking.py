"""Going through the console by its links: every page somebody is led to, and of what its parts are made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any, Final

from starlette.routing import Match

from tests.web_client import TestClient

_MOST: Final = 40  # pages of one kind (cases, months, cells of a figure)
_LINK: Final = re.compile(r'href="(/console[^"#]*)"')
_TAG: Final = re.compile(r"<([a-z][a-z0-9]*)((?:\s[^<>]*)?)>")
_MADE: Final = re.compile(r'\b(?:class|type|role)="[^"]*"|\b(?:aria-[a-z]+|hidden|disabled|required)\b')


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as it was answered: the HTTP status, its kind (the route's address), the kinds of its parts."""

    status: int
    kind: str
    parts: frozenset[str]


def walk(client: TestClient, start: str = "/console") -> dict[str, Seen]:
    """Open what the pages lead to, from ``start`` on; gives what was seen by address."""
    waiting, seen, opened = [start], dict[str, Seen](), Counter[str]()
    while waiting:
        path = waiting.pop()
        kind = _kind(client.app, path.partition("?")[0])
        if path in seen or opened[kind] >= _MOST:
            continue
        opened[kind] += 1
        answer = client.get(path)
        html = answer.text if "text/html" in answer.headers.get("content-type", "") else ""
        seen[path] = Seen(answer.status_code, kind, frozenset(_parts(html)))
        waiting += [unescape(link) for link in _LINK.findall(html)]
    return seen


def worth_a_look(pages: dict[str, Seen], known: set[str]) -> list[str]:
    """Choose pages so that each kind of page and each kind of part is there once; ``known`` is what was before."""
    chosen = []
    for path, page in sorted(pages.items(), key=lambda item: -len(item[1].parts)):
        new = ({page.kind} | page.parts) - known
        if page.parts and new:
            chosen.append(path)
            known |= new
    return chosen


def _parts(html: str) -> Iterable[str]:
    return (" ".join((tag, *_MADE.findall(attributes))) for tag, attributes in _TAG.findall(html))


def _kind(app: Any, path: str) -> str:
    asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return next((route.path for route in app.router.routes if route.matches(asked)[0] is Match.FULL), path)
