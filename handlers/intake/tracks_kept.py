"""Keeping what messages propose: the rows of new cases, and what a later message adds to a case that is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from handlers.casework import timing
from handlers.core import Core
from handlers.deadlines.tracks import tracks_of
from handlers.intake.tracks import Proposal
from handlers.records import Case, CaseTrack


def track_rows(
    proposals: Sequence[Proposal], case_id: int, now: datetime, since: datetime | None = None
) -> list[dict[str, Any]]:
    """Return the rows of the table of tracks, for a bulk insert; ``since``: received after the case itself."""
    return [
        {
            "case_id": case_id, "track": proposal.track, "form": proposal.form, "purpose": "", "state": proposal.state,
            "stage": "", "reason": proposal.why, "evidence": proposal.evidence, "corrected": False, "proposed_at": now,
            "since": since,
            "ended_why": "",
        }
        for proposal in proposals
    ]  # fmt: skip


def proposed(proposal: Proposal) -> dict[str, Any]:
    """Return what the case event ``track_proposed`` keeps: no words of the writer, they stand in the track's row."""
    said = {"proposed": proposal.track, "form": proposal.form, "why": proposal.why}
    return said | ({"certain": True} if proposal.state == "open" else {})


def propose_more(
    session: Session, core: Core, case: Case, proposals: Sequence[Proposal], received: datetime, now: datetime
) -> None:
    """Add to an open case what its writer's further message proposes; what was decided on before is not asked again.

    What it proposes counts from this message's receipt, not from the case's.
    """
    known = {row.track for row in tracks_of(session, case.id)} | {case.track}
    new = [proposal for proposal in proposals if proposal.track not in known]
    if not new:
        return
    for row in track_rows(new, case.id, now, received):
        session.add(CaseTrack(**row))
    session.flush()
    if not case.restricted:
        for proposal in new:
            core.ledger.append(session, case.id, "system", "track_proposed", now, proposed(proposal))
    timing.relabelled(session, core, case, now, "来信提出新的办理途径")
