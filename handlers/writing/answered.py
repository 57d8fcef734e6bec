"""Whether a reply answers: each question of the letter against what would answer it, and the matter itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from handlers.writing.finding import Context, Finding
from handlers.writing.lexicon import lexicon, plain
from handlers.writing.sentences import clause_at, sentences

#: What is missing, in words; asked for in this order.
ASKED: Final = {
    "how_much": "多少钱（或什么标准）",
    "materials": "要带哪些材料",
    "when": "什么时候、要多久",
    "where": "在哪里办",
    "whom": "找谁、打什么电话",
    "may": "能不能、是不是",
    "why": "为什么",
    "how": "怎么办",
    "progress": "办到哪一步了",
    "action": "请求处理的事办得怎样",
}
#: A clear no answers these, too.
_MOOT: Final = ("how_much", "materials", "when", "where", "how")
#: In a complaint or a suggestion such questions are often no more than a manner of speaking.
_RHETORICAL: Final = ("where", "may", "why", "whom", "how")
_PLAIN_SPOKEN: Final = ("consultation", "help", "other", "")
_MATTERS_MOST: Final = 2
_SHORTEST: Final = 4


def check_answered(text: str, context: Context) -> Iterator[Finding]:
    """Yield each thing the letter asks for and the reply does not give; or that it speaks of another matter."""
    letter = plain(context.message)
    if len(letter.strip()) < _SHORTEST:
        return
    strayed = _other_matter(letter, text)
    if strayed:
        advice = f"来信问的是“{strayed[0]}”，答复说的是“{strayed[1]}”，请核对是不是答错了事。"
        place = text.find(strayed[1])
        yield Finding("not_answered", place, place + len(strayed[1]), strayed[1], advice, "matter")
        return
    words = lexicon()
    denied = bool(words.of("gives", "denial").search(text))
    for name, told in ASKED.items():
        if name in _RHETORICAL and context.kind not in _PLAIN_SPOKEN:
            continue
        asked = words.of("asks", name).search(letter)
        if asked and not words.of("gives", name).search(text) and not (denied and name in _MOOT):
            question = _question(letter, asked.start())
            advice = f"来信问“{question}”，答复里没有说{told}，请补上；暂时说不准的，写明什么时候能答。"
            yield Finding("not_answered", len(text), len(text), "", advice, name)


def _other_matter(letter: str, text: str) -> tuple[str, str] | None:
    """The words of the letter's matter and of the reply's, when the two have none in common."""
    groups = lexicon().patterns["matters"]
    questions = _asking(letter)
    asked = {name: found for name, pattern in groups.items() if (found := pattern.search(questions))}
    given = {name: found for name, pattern in groups.items() if (found := pattern.search(text))}
    if not asked or not given or asked.keys() & given.keys() or len(asked) > _MATTERS_MOST:
        return None
    first = min(asked.values(), key=lambda found: found.start())
    main = min(given.values(), key=lambda found: found.start())
    return (first[0], main[0])


def _asking(letter: str) -> str:
    """The clauses that ask: what is told beside them is the occasion, not the matter."""
    patterns = lexicon().patterns["asks"].values()
    spans = {clause_at(letter, found.start()) for pattern in patterns for found in pattern.finditer(letter)}
    return "\n".join(span.text for span in sorted(spans))


def _question(letter: str, place: int) -> str:
    for sentence in sentences(letter):
        if sentence.start <= place < sentence.end:
            asked = sentence.text.strip()
            return asked if len(asked) <= 30 else f"…{letter[max(sentence.start, place - 12) : place + 16].strip()}…"
    return ""
