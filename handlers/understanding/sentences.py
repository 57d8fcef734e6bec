"""Where the sentences of a text lie, and which of them ask for something."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

#: Stops, or an ellipsis of two points and more. Begun with one set of characters, it is found three times as soon.
_BREAK: Final = re.compile(r"[。!?;\n.](?:(?<=[^.])[。!?;\n]*|\.+)")
_ASKS: Final = re.compile(
    r"[?]|请问|咨询|怎么|如何|希望|请求|要求|建议|能不能|能否|投诉|举报|反映|想问|求助|恳请|为什么|何时|什么时候|吗|哪|解决|处理"
)
_OPENING: Final = 40


class Sentences:
    """The sentences of one normalised text."""

    __slots__ = ("_asking", "_head", "_starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *[found.end() for found in _BREAK.finditer(text)]]
        self._asking = {self.index(found.start()) for found in _ASKS.finditer(text)}
        self._head = len(text) - len(text.lstrip()) + _OPENING

    def index(self, position: int) -> int:
        """Return the number of the sentence at ``position``, from 0."""
        return bisect_right(self._starts, position) - 1

    def bounds(self, index: int) -> tuple[int, int]:
        """Return where sentence ``index`` begins and ends."""
        end = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
        return self._starts[index], end

    def asks(self, position: int) -> bool:
        """Tell whether the sentence at ``position`` asks for something."""
        return bisect_right(self._starts, position) - 1 in self._asking

    def opens(self, position: int) -> bool:
        """Tell whether ``position`` lies where writers say what it is about: the first 40 characters of text."""
        return position < self._head
