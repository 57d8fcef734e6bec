"""Making texts comparable without losing the place of a single character of the original."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from handlers.text import storable
from handlers.understanding.lexicon import table

_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: 0x20,
    **{code: code + 0x20 for code in range(ord("A"), ord("Z") + 1)},
    **{code: code - 0xFEE0 + 0x20 for code in range(0xFF21, 0xFF3B)},
    ord("…"): ord("."),
    ord("。"): ord("。"),
}
_INVISIBLE: Final = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufe0f\ufe0e"
    "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"  # tones of skin
)

#: The basic plane of Unicode; and the letters of Hangul, which join their neighbours.
_PLANE: Final = 0x10000
_JAMO: Final = range(0x1100, 0x1200)

_EDGE: Final = 80
_UNDONE: Final = re.compile(
    r"(?:不是|并非|并不是|没有|没什么|不能说|谈不上)(?:不|没有?)(?=满意|好|支持|同意|认可|感谢|感激|高兴|热情|耐心)"
)
_GREETING: Final = re.compile(
    r"\s*(?:尊敬的[^,.!。:\n]{0,16}[,.!。:\s]*)?(?:(?:各位|亲爱的)?(?:领导|局长|书记|市长|同志|老师|工作人员)们?[,.!。:\s]*)?"
    r"(?:您好|你好|你们好|大家好|早上好|上午好|下午好|晚上好|打扰了|在吗|在么)?[,.!。:~\s]*"
)
_CLOSING: Final = re.compile(
    r"(?:(?:万分|非常|十分|先行|先)?(?:谢谢|感谢|多谢|谢过|感激不尽|不胜感激)[^。!?,\n]{0,10}|此致[\s,]*敬礼|辛苦了|"
    r"(?:望|盼|期待|期盼|(?<!申)请)[^。!?,\n]{0,8}(?:回复|答复|回音|复函)[^。!?,\n]{0,2}|祝[^。!?,\n]{0,10}|打扰了)[。!,~.\s]*$"
)


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A text made comparable: ``text`` is what the rules read, ``original`` what was written.

    ``places[i]`` is the index in ``original`` of the i-th character of ``text``; ``None`` when they agree one to one.
    """

    original: str
    text: str
    places: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters ``start``–``end`` of ``text`` stand in the original (code points, half-open)."""
        if self.places is None or start >= end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def read(original: str) -> Reading:
    """Return ``original`` in one width, one script of Chinese, without slips, greeting and closing set aside."""
    written = storable(original)
    text, places = _one_by_one(written), None
    if text is None:
        text, places = _one_form(written.translate(_WIDTH))
        text = _simplified(text)
    text = _without_double_negation(_without_slips(text))
    return Reading(original, _without_edges(text), places)


def _one_by_one(text: str) -> str | None:
    """Return ``text`` in one form where every character stands for itself, as in nearly all letters; else ``None``."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    forms = _forms().take(codes, mode="clip")
    return forms.tobytes().decode("utf-32-le") if forms.all() else None


@cache
def _forms() -> NDArray[np.uint32]:
    """The one form of every character of the basic plane; 0 where its neighbours must be looked at.

    The last one is no character and 0: it stands for all beyond the plane.
    """
    pictures = {picture[0] for picture in _pictures()[1]}
    forms = np.zeros(_PLANE, dtype=np.uint32)
    for code in range(_PLANE):
        character = chr(code).translate(_WIDTH)
        looked_at = character in _INVISIBLE or character in pictures or unicodedata.category(character)[0] in "MC"
        if character == "\n" or not (looked_at or code in _JAMO or not unicodedata.is_normalized("NFKC", character)):
            forms[code] = ord(_simplified(character))
    return forms


def _one_form(text: str) -> tuple[str, tuple[int, ...] | None]:
    if unicodedata.is_normalized("NFKC", text) and _INVISIBLE.isdisjoint(text) and not _pictures()[0].search(text):
        return text, None
    characters: list[str] = []
    places: list[int] = []
    pattern, words = _pictures()
    done = 0
    for picture in pattern.finditer(text):
        _copy(text, done, picture.start(), characters, places)
        done = picture.end()
        word = words[picture[0]]
        characters += word
        places += [picture.start()] * (len(word) - 1) + [done - 1]  # the word's span is the whole picture
    _copy(text, done, len(text), characters, places)
    return "".join(characters), tuple(places)


def _copy(text: str, start: int, end: int, characters: list[str], places: list[int]) -> None:
    for index in range(start, end):
        if text[index] in _INVISIBLE:
            continue
        for part in unicodedata.normalize("NFKC", text[index]).lower():
            characters.append(part)
            places.append(index)


@cache
def _pictures() -> tuple[re.Pattern[str], dict[str, str]]:
    """Emoji and kaomoji, and the words they stand for; written in the width that the text has when it is searched."""
    listed = {
        picture.translate(_WIDTH): word
        for words in table("pictures").values()
        for word, pictures in words.items()
        for picture in pictures.split()
    }
    longest_first = sorted(listed, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), listed


@cache
def _converter() -> _Converter:
    import opencc  # a dictionary of its own; read when the first message comes, not at import

    converter: _Converter = opencc.OpenCC("t2s")
    return converter


@cache
def _slips() -> tuple[re.Pattern[str], dict[str, str]]:
    """Common slips of the keyboard and of voice input; wrong and right have one length, so that offsets hold."""
    slips: dict[str, str] = table("slips")["slips"]
    return re.compile("|".join(map(re.escape, slips))), slips


def _without_slips(text: str) -> str:
    pattern, slips = _slips()
    return pattern.sub(lambda slip: slips[slip[0]], text)


def _without_double_negation(text: str) -> str:
    """ "不是不满意" says 满意: what undoes itself is blanked, so that offsets hold."""
    return _UNDONE.sub(lambda undone: " " * len(undone[0]), text)


def _simplified(text: str) -> str:
    return text if text.isascii() else text.translate(_simple_characters())


@cache
def _simple_characters() -> dict[int, str]:
    """Every traditional character and its simplified one; words that differ as a whole do not matter to the rules."""
    characters = [chr(code) for code in range(0x3400, 0xA000)]
    converted = [(character, _converter().convert(character)) for character in characters]
    return {ord(character): simple for character, simple in converted if simple != character and len(simple) == 1}


def _without_edges(text: str) -> str:
    """Blank greeting and closing with spaces, so that "谢谢" at the end is no praise and offsets stay."""
    greeting = _GREETING.match(text[:_EDGE])
    kept = greeting.end() if greeting else 0
    text = " " * kept + text[kept:]
    head, tail = text[:-_EDGE], text[-_EDGE:]
    for _ in range(3):  # a closing has at most a wish, a thank and a courtesy
        closing = _CLOSING.search(tail)
        if closing is None or not (head + tail[: closing.start()]).strip():
            break
        tail = tail[: closing.start()] + " " * (len(tail) - closing.start())
        tail = tail.rstrip() + "\n" * (len(tail) - len(tail.rstrip()))
    return head + tail
