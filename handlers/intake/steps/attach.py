"""Attach: a follow-up goes to the open case it belongs to; a new subject opens a new one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from handlers.casework.states import OPEN_STATES, OWING_STATES
from handlers.core import Core
from handlers.intake.arrival import Arrival
from handlers.intake.words import find_number, read_command
from handlers.messages import MessageKind
from handlers.records import Case
from handlers.taxonomy import RATINGS
from handlers.understanding.likeness.measures import SAME_LETTER, SAME_MATTER
from handlers.understanding.situations import is_report, is_self_harm

_SUBJECT: Final = 60
_SHORT: Final = 40  # characters: a longer text with a subject of its own stands for itself
_RECENT: Final = timedelta(hours=72)
_DOUBLE_TAP: Final = timedelta(hours=24)
_MEDIA_BELONGS: Final = timedelta(hours=24)
_WAITING_FOR_WORDS: Final = timedelta(minutes=30)

_CONTINUES: Final = re.compile(
    r"^\W*(还有|补充|再补充|对了|忘了说|忘记说|刚才|刚刚|上面|前面|上次|接着|我又|怎么还|有结果|催|谢谢|好的|收到|知道了|嗯|是的|不是的|对的?[,，。!！\s]|没有$)"
)
#: Somebody asks after what they wrote, however long ago that was.
_ASKS_AFTER: Final = re.compile(
    r"(还|还是|一直|仍|仍然)没(有|个|任何)?(消息|回音|回话|回复|答复|结果|动静|下文)|有人在?(办|管|处理)[吗没么]"
)
_NEW_SUBJECT: Final = re.compile(r"(另外|还想问|再问|顺便问|另一件|还有(一|件|个)(件)?事|换个问题|再咨询)")


def attach(arrival: Arrival, core: Core) -> None:
    """Set ``arrival.case`` when the message belongs to an open case of its sender; else a new one will be opened."""
    command = arrival.command
    if command is not None and not (command.words and _words_count(arrival)):
        return
    if command is not None and command.word in RATINGS:
        arrival.command = None
    case = _belongs_to(arrival)
    arrival.case = None if case is not None and _would_show_an_accusation(arrival, case) else case
    if arrival.case is None:
        arrival.command = None  # 补充 with words but nothing to add them to: the words become a case of their own


def _words_count(arrival: Arrival) -> bool:
    """Whether the words behind a citizens' word are a message: added to a case, or too grave for a rating's remark.

    Where there is no answer to rate, or its case has been closed since, they would be read by nobody.
    """
    assert arrival.command is not None
    word = arrival.command.word
    if word not in RATINGS:
        return word == "supplement"
    labels, text = arrival.labels, arrival.message.text
    heard = any(case.state == "answered" or word != "dissatisfied" for case in arrival.rateable)
    return not heard or bool(labels.urgent) or is_self_harm(text) or is_report(text, labels)


def _would_show_an_accusation(arrival: Arrival, case: Case) -> bool:
    """An accusation (举报) never enters a case that a section reads: it opens a restricted one."""
    hidden = case.restricted or case.kind == "report"
    return not hidden and is_report(arrival.message.text, arrival.labels)


def _belongs_to(arrival: Arrival) -> Case | None:
    open_cases = [case for case in arrival.own_cases if case.state in OPEN_STATES]
    if not open_cases:
        return None
    message = arrival.message
    number = message.particulars.joins or (arrival.command and arrival.command.number) or find_number(message.text)
    if number:
        return _named(number, arrival.own_cases, open_cases)
    if arrival.command is not None:
        return open_cases[0]
    awaited = _waits_for_words(arrival, open_cases)
    if awaited is not None:
        return awaited
    if message.particulars.registered_by is not None:
        return None
    if message.kind is not MessageKind.TEXT and not message.text.strip():
        latest = open_cases[0]
        return latest if _within(latest, arrival, _MEDIA_BELONGS) else None
    return _by_words(arrival, open_cases)


def _by_words(arrival: Arrival, open_cases: list[Case]) -> Case | None:
    text = arrival.message.text
    for case in open_cases:
        if _is_double_tap(case, arrival):
            return case
    guided = [case for case in open_cases if case.guide_code]
    said = read_command(text) if guided and len(text) <= _SHORT else None
    if said is not None and said.word == "solved":
        return guided[0]  # too late to close it by itself: its officer reads it
    same_matter = _the_same_matter(arrival, open_cases)
    if same_matter is not None:
        return same_matter
    if len(text) <= _SHORT and _ASKS_AFTER.search(text) and not _NEW_SUBJECT.search(text):
        return _asked_after(arrival, [case for case in open_cases if case.state in OWING_STATES])
    recent = [case for case in open_cases if _within(case, arrival, _RECENT) or case.state == "awaiting_citizen"]
    if not recent:
        return None
    sure = not arrival.labels.needs_person and arrival.labels.topic is not None
    same_topic = next((case for case in recent if sure and case.topic == arrival.labels.topic), None)
    if sure and same_topic is None and (recent[0].topic is not None or _NEW_SUBJECT.search(text)):
        return None
    asked = next((case for case in recent if case.state == "awaiting_citizen"), None)
    if asked is not None and not _NEW_SUBJECT.search(text):
        return asked
    if _NEW_SUBJECT.search(text) and len(text) > _SHORT:
        return None
    if _CONTINUES.match(text) or len(text) <= _SHORT:
        return same_topic or recent[0]
    return None


def _the_same_matter(arrival: Arrival, open_cases: list[Case]) -> Case | None:
    """The case whose letters say the same, however long ago (within the window) and whatever topic was read.

    Words that announce a further matter are believed, unless the letter is the same one sent again.
    """
    closest = max(open_cases, key=lambda case: arrival.alike.get(case.id, 0.0))
    new_words = _NEW_SUBJECT.search(arrival.message.text) is not None
    least = SAME_LETTER if new_words else SAME_MATTER
    return closest if arrival.alike.get(closest.id, 0.0) >= least else None


def _asked_after(arrival: Arrival, owing: list[Case]) -> Case | None:
    """The case that still owes an answer, when it can only be this one."""
    topic = arrival.labels.topic
    same = [case for case in owing if case.topic == topic] if topic and not arrival.labels.needs_person else owing
    return same[0] if len(same) == 1 else None


def _named(number: str, own_cases: list[Case], open_cases: list[Case]) -> Case | None:
    """The open case of that number, or the one it was merged into."""
    named = next((case for case in own_cases if case.number == number), None)
    wanted = named and (named.merged_into_id or named.id)
    return next((case for case in open_cases if case.id == wanted), None)


def _waits_for_words(arrival: Arrival, open_cases: list[Case]) -> Case | None:
    """The case that 补充 was said for, while its words are still awaited."""
    word, _, number = arrival.citizen.awaiting.partition(" ")
    since = arrival.citizen.awaiting_since
    if word != "supplement" or since is None or arrival.now - since > _WAITING_FOR_WORDS:
        return None
    return next((case for case in open_cases if number in ("", case.number)), None)


def _is_double_tap(case: Case, arrival: Arrival) -> bool:
    return _within(case, arrival, _DOUBLE_TAP) and subject_of(arrival.message.text) == case.subject


def _within(case: Case, arrival: Arrival, span: timedelta) -> bool:
    """Whether it was written soon after the case's last message, by the sender's clock: mail can lie for days."""
    return abs(arrival.message.sent_at - (case.last_inbound_at or case.opened_at)) <= span


def subject_of(text: str) -> str:
    """The first words of a text: what lists show of it (at most 60 characters, white space folded)."""
    words = " ".join(text.split())
    return words if len(words) <= _SUBJECT else f"{words[: _SUBJECT - 1]}…"
