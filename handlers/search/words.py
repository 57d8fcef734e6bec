"""Reading what somebody typed into the search box: the words, what each may mean, and whether a case holds them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from handlers.records.fulltext_parts import All, Some
from handlers.records.vault import Vault
from handlers.search.document import CaseText
from handlers.search.fold import fold, folded_places
from handlers.search.tokens import name_token, phone_token, plain_phone, runs, tokens

MOST: Final = 8
_APART: Final = re.compile(r"[\s,.;:!?，。；：！？、“”\"'‘’（）()《》【】\[\]]+")
_NUMBER: Final = re.compile(r"\+?\d[\d\s\-]{5,20}\d")
_AROUND: Final = 36


@dataclass(frozen=True, slots=True)
class Term:
    """One word: ``folded`` stands so in a text, or ``person`` (a digest) among the people of the case."""

    folded: str
    pairs: tuple[str, ...]
    person: str = ""
    exact: bool = True  # whether the pairs alone say that the word is there

    def wanted(self) -> All | Some:
        """What the index must hold for it."""
        in_text = All(self.pairs)
        return Some((in_text, self.person)) if self.person else in_text


@dataclass(frozen=True, slots=True)
class Words:
    """``terms`` must all be found; ``left_out`` are words too short to look for, as typed."""

    terms: tuple[Term, ...] = ()
    left_out: tuple[str, ...] = ()


def read_words(text: str, vault: Vault) -> Words:
    """Read a query of at most :data:`MOST` words."""
    whole = fold(text.strip())
    if _NUMBER.fullmatch(whole) and 7 <= len(plain_phone(whole)) <= 12 and not whole.startswith("20"):
        return Words((_number(whole, vault),))
    terms, left_out = list[Term](), list[str]()
    for part in filter(None, _APART.split(whole)):
        parts = runs(part)
        if sum(len(run) for run, _ in parts) < 2 or len(terms) == MOST:
            left_out.append(part)
        else:
            terms.append(_term(part, parts, vault))
    return Words(tuple(dict.fromkeys(terms)), tuple(left_out))


def _number(folded: str, vault: Vault) -> Term:
    digits = plain_phone(folded)
    return Term(digits, (digits,), phone_token(vault, digits))


def _term(part: str, parts: list[tuple[str, bool]], vault: Vault) -> Term:
    pairs = tuple(sorted(tokens(part)))
    single = len(parts) == 1
    exact = single and (not parts[0][1] or len(part) == 2)
    may_be_name = all(han for _, han in parts) or (single and not part.isdigit())
    if single and part.isdigit() and 7 <= len(part) <= 12:
        return Term(part, pairs, phone_token(vault, part))
    return Term(part, pairs, name_token(vault, part) if may_be_name else "", exact)


def said(text: CaseText, words: Words) -> bool:
    """Whether every word stands in the case's texts."""
    folded = [fold(part) for _, part in text.parts]
    return all(any(term.folded in part for part in folded) for term in words.terms)


def holds(text: CaseText, words: Words) -> bool:
    """Whether the case really has every word: the pairs of a longer one may stand apart, and a name is no text."""
    missing = [term for term in words.terms if not (term.exact or term.person in text.people)]
    return not missing or said(text, Words(tuple(missing)))


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Where a case was found: ``where`` 来信, 答复 …; ``pieces`` are (text, whether it is what was looked for)."""

    where: str
    pieces: tuple[tuple[str, bool], ...]


def excerpts(text: CaseText, words: Words, most: int = 2) -> list[Excerpt]:
    """The places of the case that show why it was found, at most ``most``."""
    found, people = list[Excerpt](), [term for term in words.terms if term.person and term.person in text.people]
    if people:
        found.append(Excerpt("反映人或当事人", (("姓名或电话相符", True),)))
    for where, part in text.parts:
        if len(found) == most:
            break
        if where == "主题":
            continue  # stands above it, marked
        spans = marks(part, words.terms)
        if spans and not _said_above(text.case.subject, part, spans):
            found.append(Excerpt(where, _cut(part, spans)))
    return found


def _said_above(subject: str, part: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a letter's marked words all stand in the subject, which is its beginning."""
    return part.startswith(subject.removesuffix("…")) and spans[-1][1] < len(subject)


def marks(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the words stand in a text as written (half-open, in order, not overlapping)."""
    folded, places = folded_places(text)
    spans = list[tuple[int, int]]()
    for term in terms:
        at = folded.find(term.folded)
        while at >= 0:
            spans.append((places[at], places[at + len(term.folded) - 1] + 1))
            at = folded.find(term.folded, at + len(term.folded))
    joined = list[tuple[int, int]]()
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def pieces(
    text: str, spans: Sequence[tuple[int, int]], start: int = 0, end: int | None = None
) -> tuple[tuple[str, bool], ...]:
    """Cut ``text[start:end]`` at the spans."""
    end, at, cut = len(text) if end is None else end, start, list[tuple[str, bool]]()
    for first, last in spans:
        if start <= first and last <= end:
            cut += [(text[at:first], False), (text[first:last], True)]
            at = last
    cut.append((text[at:end], False))
    return tuple((piece, hit) for piece, hit in cut if piece)


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    text = text.replace("\n", " ")
    start = max(0, spans[0][0] - _AROUND)
    end = min(len(text), max(spans[0][1] + 2 * _AROUND, start + 4 * _AROUND))
    shown = pieces(text, spans, start, end)
    before = (("…", False),) if start else ()
    after = (("…", False),) if end < len(text) else ()
    return (*before, *shown, *after)
