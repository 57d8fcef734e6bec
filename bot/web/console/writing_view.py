"""What the reply box shows beside the text: findings in it, other versions, saved replies, earlier answers, guides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from bot.web.marking import Piece, marked
from handlers.accounts.roles import SignedIn
from handlers.casework.page import CasePage
from handlers.core import Core
from handlers.records import SavedReply
from handlers.writing.beside import Earlier, Excerpt, earlier_answers, guide_excerpts
from handlers.writing.decisions import look
from handlers.writing.differences import Part, side_by_side
from handlers.writing.drafts import Version, versions
from handlers.writing.finding import KINDS
from handlers.writing.looking import Looked
from handlers.writing.saved import offered

_WRITING: Final = frozenset({"answer", "draft", "issue", "approve"})


@dataclass(frozen=True, slots=True)
class Beside:
    """A text kept aside, cut against the shared draft."""

    version: Version
    draft: list[Part]
    other: list[Part]


@dataclass(frozen=True, slots=True)
class WritingView:
    """``form`` is the form that the buttons belong to ("" = one may look, not write); ``seen`` the draft's version."""

    form: str
    seen: int
    text: str
    pieces: list[Piece]
    groups: list[tuple[str, list[Looked]]]
    undecided: list[Looked]
    asides: list[Beside]
    earlier_versions: list[Version]
    saved: list[SavedReply]
    answers: list[Earlier]
    guides: list[Excerpt]
    chosen: str

    @property
    def total(self) -> int:
        """How many findings there are."""
        return sum(len(found) for _, found in self.groups)


def writing_view(
    session: Session, core: Core, me: SignedIn, page: CasePage, text: str | None, chosen: str, now: datetime
) -> WritingView | None:
    """Gather it; ``text`` is what was typed when the page is shown again (``None`` = the draft), ``None`` where
    nobody writes."""
    draft = page.draft
    reads_document = page.act is not None and page.act.state == "in_review"
    if not _WRITING & page.moves.keys() or reads_document:
        return None
    shown = text if text is not None else draft.text if draft else ""
    looked = look(session, core, page.case, shown, now)
    groups = [(KINDS[kind], [one for one in looked if one.finding.kind == kind]) for kind in KINDS]
    letter = "\n".join(entry.text for entry in page.conversation if entry.side == "citizen")
    form = "do-answer" if "answer" in page.moves else "do-issue" if page.turn else ""
    return WritingView(
        form=form,
        seen=draft.version if draft else 0,
        text=shown,
        pieces=marked(shown, [(f.start, f.end, KINDS[f.kind]) for f in (one.finding for one in looked)]),
        groups=[(name, found) for name, found in groups if found],
        undecided=[one for one in looked if not one.reason],
        asides=[_beside(draft.text if draft else "", one) for one in versions(session, page.case.id, ("aside",), now)],
        earlier_versions=versions(session, page.case.id, ("earlier", "left"), now),
        saved=offered(session, me, page.case) if form else [],
        answers=earlier_answers(session, core, me, page.case, now) if form else [],
        guides=guide_excerpts(core, page.case, letter, now) if form else [],
        chosen=chosen,
    )


def _beside(draft: str, version: Version) -> Beside:
    one, other = side_by_side(draft, version.text)
    return Beside(version, one, other)
