"""What a letter asks: its questions by kind, where they stand, and the particular that each is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from handlers.writing.lexicon import lexicon
from handlers.writing.sentences import clauses, sentences

#: What is asked, in words; a clause asks the first of these that it has words for, so the particular come first.
ASKED: Final = {
    "number": "打什么电话",
    "how_much": "多少钱（或什么标准）",
    "how_many": "多少、几个",
    "how_often": "几次",
    "materials": "要带哪些材料",
    "when": "什么时候、要多久",
    "where": "在哪里办",
    "whom": "找谁、由谁负责",
    "progress": "办到哪一步了",
    "why": "为什么",
    "how": "怎么办",
    "may": "能不能、是不是",
}
#: A letter as short as this asks with every such word; in a longer one they are often part of a story.
_SHORT: Final = 90


class Question(NamedTuple):
    """One question: its kind (a key of ``ASKED``), its place in the letter and its clause."""

    kind: str
    start: int
    end: int
    words: str


def questions(letter: str) -> Iterator[Question]:
    """Yield the questions of a letter in one width, one for each clause that asks something."""
    asks = lexicon().patterns["asks"]
    for sentence in sentences(letter):
        if len(letter) > _SHORT and not asks["asking"].search(sentence.text.strip()):
            continue
        for clause in clauses(sentence):
            kind = next((name for name in ASKED if asks[name].search(clause.text)), "")
            if kind:
                yield Question(kind, clause.start, clause.end, clause.text.strip())


def particulars(question: Question) -> Iterator[str]:
    """Yield the lines of ``[same]`` that a question is about: weekends, online, somebody else in one's stead…"""
    for name in lexicon().pairs:
        if lexicon().pairs[name][0].search(question.words):
            yield name
