"""One form of writing for text and query: width, case and traditional characters, one character at a time.

Each character by itself, because a query is a fragment: what stands beside a character must not change its form.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

_UNSEEN: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f"


class _Forms(dict[int, str]):
    """Code point → its form, worked out when first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        plain = unicodedata.normalize("NFKC", character).casefold()
        form = "" if character in _UNSEEN else "".join(_simplified().convert(part) or part for part in plain)
        self[code] = form
        if len(form) != 1:
            _OTHER_LENGTHS.add(character)
        return form


_FORMS: Final = _Forms()
#: The characters met so far whose form has not the length of one.
_OTHER_LENGTHS: Final = set[str]()


@cache
def _simplified() -> Any:
    import opencc  # its dictionary is read when the first text comes, not at import

    return opencc.OpenCC("t2s")


def fold(text: str) -> str:
    """Return ``text`` in the form in which it is indexed and looked for."""
    return text.translate(_FORMS)


def folded_places(text: str) -> tuple[str, Sequence[int]]:
    """Return the folded text and, for each of its characters, the index of the original's it came from."""
    folded = fold(text)
    if _OTHER_LENGTHS.isdisjoint(text):  # as nearly always
        return folded, range(len(text))
    forms = [_FORMS[ord(character)] for character in text]
    return folded, [index for index, form in enumerate(forms) for _ in form]
