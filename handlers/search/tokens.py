"""What a text is found by: every pair of neighbouring 汉字, and every word or number as a whole. Pure.

Tokens are letters and digits only, so that they need no escaping in either database's query language; what is no text
(a section, a state, a keyed digest) begins with ``§``, which no text's token can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from handlers.records.vault import Vault
from handlers.search.fold import fold

HAN: Final = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN: Final = re.compile(rf"([{HAN}]+)|([^\W_{HAN}]+)")
_PHONE: Final = re.compile(r"\+?[\d][\d\-\s]{5,18}\d")
_BETWEEN: Final = re.compile(r"[\s·•・.]+")
_LONGEST: Final = 40  # a longer "word" is indexed and looked for by its beginning
_DIGEST: Final = 24


def tokens(text: str) -> set[str]:
    """The tokens of a text as written."""
    found = set[str]()
    for han, word in _RUN.findall(fold(text)):
        if word:
            found.add(word[:_LONGEST])
        elif len(han) == 1:
            found.add(han)
        else:
            found.update(map("".join, pairwise(han)))
    return found


def runs(folded: str) -> list[tuple[str, bool]]:
    """The runs of 汉字 (True) and of other letters and digits (False) of a folded text, in order."""
    return [(han or word, bool(han)) for han, word in _RUN.findall(folded)]


def facet(name: str, value: str) -> str:
    """The token of a property: letters, digits and ``·`` only."""
    return f"§{name}·{re.sub(r'[^0-9a-zA-Z]', '·', value).lower()}"


def name_token(vault: Vault, name: str) -> str:
    """The token of a person's whole name: a digest under the data key, so that no name stands in the index."""
    return _keyed(vault, "name", _BETWEEN.sub("", fold(name)))


def phone_token(vault: Vault, phone: str) -> str:
    """The token of a telephone number, however it is written."""
    return _keyed(vault, "phone", plain_phone(phone))


def plain_phone(phone: str) -> str:
    """The digits of a telephone number, without +86."""
    digits = "".join(character for character in fold(phone) if character.isascii() and character.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("861") else digits


def phones_in(text: str) -> list[str]:
    """Every telephone number in a field that may hold several ("139…/0471-…")."""
    return [found for found in map(plain_phone, _PHONE.findall(fold(text))) if len(found) >= 7]


def person_tokens(vault: Vault, name: str, phone: str) -> Iterable[str]:
    """The tokens by which a sealed name and telephone are found, exactly."""
    if name.strip():
        yield name_token(vault, name)
    yield from (_keyed(vault, "phone", found) for found in phones_in(phone))


def _keyed(vault: Vault, kind: str, plain: str) -> str:
    return f"§h{vault.index(f'search:{kind}:{plain}')[:_DIGEST]}"
