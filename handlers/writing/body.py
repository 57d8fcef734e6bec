"""The body of a reply: what is left without greeting, receipt, thanks and the line with our own telephone."""

from __future__ import annotations

from handlers.writing.finding import Context
from handlers.writing.lexicon import lexicon, plain
from handlers.writing.numbers import digits_of
from handlers.writing.sentences import Span, clauses, sentences


def body(text: str, context: Context) -> list[Span]:
    """Return the clauses of a reply (in one width) that say something of the case."""
    own = [digits_of(phone) for phone in context.phones if phone]
    return [clause for sentence in sentences(text) for clause in clauses(sentence) if not _is_frame(clause.text, own)]


def details(clauses_: list[Span], context: Context) -> set[str]:
    """What a body says that somebody can act on or check, and that the letter did not say itself."""
    letter, pattern = plain(context.message), lexicon().of("substance", "said")
    found = {hit[0] for clause in clauses_ for hit in pattern.finditer(clause.text)}
    return {words for words in found if words not in letter}


def _is_frame(clause: str, own: list[str]) -> bool:
    digits = digits_of(clause)
    return bool(lexicon().of("substance", "frame").search(clause)) or any(phone in digits for phone in own)
