"""Whether a reply answers: each question of the letter against what would answer it, and the matter itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Final

from handlers.writing.announced import announced_elsewhere
from handlers.writing.body import body
from handlers.writing.calendar_words import month_ends, written_dates
from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon, plain
from handlers.writing.questions import ASKED, Question, particulars, questions
from handlers.writing.sentences import clause_at, sentences

#: A clear no answers these, too.
_MOOT: Final = ("how_much", "how_many", "how_often", "materials", "when", "where", "how")
#: What the line with our own telephone may well answer.
_IN_CONTACTS: Final = ("number", "whom", "where", "may")
#: In a complaint or a suggestion such questions are often no more than a manner of speaking.
_RHETORICAL: Final = ("where", "may", "why", "whom", "how", "number", "how_often")
_PLAIN_SPOKEN: Final = ("consultation", "help", "progress", "other", "")
_MATTERS_MOST: Final = 2
_SHORTEST: Final = 4
_SHOWN: Final = 30
#: A yes or no in as many sentences from the beginning answers, whatever its words.
_AT_ONCE: Final = 3


def check_answered(text: str, context: Context) -> Iterator[Finding]:
    """Yield each thing the letter asks for and the reply does not give; or that it speaks of another matter."""
    letter = plain(context.message)
    if len(letter.strip()) < _SHORTEST:
        return
    asked = list(questions(letter))
    elsewhere = announced_elsewhere(text, letter)
    if elsewhere:
        advice = f"答复说的是“{elsewhere.text}”，来信里没有提到，请核对是不是答错了事。"
        yield Finding("not_answered", elsewhere.start, elsewhere.end, elsewhere.text, advice, "announced")
        return
    strayed = _other_matter(letter, asked, text)
    if strayed:
        advice = f"来信问的是“{strayed[0]}”，答复说的是“{strayed[1]}”，请核对是不是答错了事。"
        place = text.find(strayed[1])
        yield Finding("not_answered", place, place + len(strayed[1]), strayed[1], advice, "matter")
        return
    said = "".join(span.text for span in body(text, context))
    yield from _unanswered(text, said, asked, context)
    if context.kind == "complaint" and not lexicon().of("gives", "action").search(said):
        advice = "来信反映的是一件具体的事，答复里没有说查了什么、做了什么，请写明核实和处理的情况。"
        yield Finding("not_answered", len(text), len(text), "", advice, "action")


def _unanswered(text: str, said: str, asked: list[Question], context: Context) -> Iterator[Finding]:
    denied, told = lexicon().of("gives", "denial").search(said), set[str]()
    for question in asked:
        if question.kind in told or (question.kind in _RHETORICAL and context.kind not in _PLAIN_SPOKEN):
            continue
        if denied and question.kind in _MOOT:
            continue
        missing = _particular_missing(question, text)
        where = text if question.kind in _IN_CONTACTS else said
        if missing or not _given(question, where, context):
            told.add(question.kind)
            what = f"“{missing}”这一点" if missing else ASKED[question.kind]
            advice = f"来信问“{_short(question)}”，答复里没有说{what}，请补上；暂时说不准的，写明什么时候能答。"
            yield Finding("not_answered", len(text), len(text), "", advice, question.kind)


def _given(question: Question, said: str, context: Context) -> bool:
    """Whether the body gives the kind of thing that is asked for."""
    if question.kind == "may":
        return _decided(question, said)
    if lexicon().of("gives", question.kind).search(said):
        return True
    if question.kind != "when":
        return False
    days = chain(written_dates(said, context.issued_on), month_ends(said, context.issued_on))
    return any(written.day and written.day >= context.issued_on for written in days)


def _decided(question: Question, said: str) -> bool:
    """Whether a yes or a no stands at the beginning, or something firm beside the words of the question."""
    yes_or_no, stated = lexicon().of("gives", "may"), lexicon().of("gives", "stated")
    told = [sentence.text for sentence in sentences(said)]
    at_once = len(told) if lexicon().of("asks", "plea").search(question.words) else _AT_ONCE
    if any(yes_or_no.search(words) for words in told[:at_once]):
        return True
    asked = two_by_two(question.words)
    return any(asked & two_by_two(words) and (yes_or_no.search(words) or stated.search(words)) for words in told)


def two_by_two(words: str) -> set[str]:
    """Return the neighbouring pairs of Chinese characters of some words: what two texts may have in common."""
    return {"".join(pair) for pair in pairwise(words) if all(character >= "\u4e00" for character in pair)}


def _particular_missing(question: Question, text: str) -> str:
    """The particular that is asked about and that the reply does not touch ("" when it does)."""
    for name in particulars(question):
        asked, touched = lexicon().pairs[name]
        found = asked.search(question.words)
        if found and not asked.search(text) and not touched.search(text):
            return found[0]
    return ""


def _other_matter(letter: str, asked: list[Question], text: str) -> tuple[str, str] | None:
    """The words of the letter's matter and of the reply's, when the two have none in common."""
    groups = lexicon().patterns["matters"]
    # What is told beside the questions is the occasion, not the matter.
    clauses = "\n".join(question.words for question in asked) + "\n" + _requests(letter)
    wanted = {name: found for name, pattern in groups.items() if (found := pattern.search(clauses))}
    given = {name: found for name, pattern in groups.items() if (found := pattern.search(text))}
    if not wanted or not given or wanted.keys() & given.keys() or len(wanted) > _MATTERS_MOST:
        return None
    first = min(wanted.values(), key=lambda found: found.start())
    main = min(given.values(), key=lambda found: found.start())
    return (first[0], main[0])


def _requests(letter: str) -> str:
    found = lexicon().of("asks", "action").finditer(letter)
    return "\n".join(clause_at(letter, one.start()).text for one in found)


def _short(question: Question) -> str:
    words = question.words.rstrip(",。;!?")
    return words if len(words) <= _SHOWN else f"…{words[-_SHOWN:]}"
