"""相似的来信: the letters of different people about one matter side by side, each a link to its own case."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from bot.web.access import requires
from bot.web.marking import Piece, marked
from bot.web.pages import render, services
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.casework.queues import case_id_of
from handlers.neighbours.page import SimilarPage, similar_page
from handlers.understanding.likeness.shared import shared_runs

router = APIRouter(prefix="/console/cases", include_in_schema=False)


@router.get("/{number}/similar")
def similar(request: Request, number: str, me: Annotated[SignedIn, requires(*CASE_READERS)]) -> Response:
    """Show what is similar to the case; the reading of each is recorded."""
    house = services(request)
    with house.core.database.write() as session:
        page = similar_page(session, house.core, me, case_id_of(session, me, number), house.now())
    return render(request, "console/similar.html", page=page, line=page.line, pieces=_pieces(page))


def _pieces(page: SimilarPage) -> list[list[Piece]]:
    """The other letters cut at the words that they share with this one."""
    return [
        marked(letter.text, ((start, end, "相同") for start, end in shared_runs(letter.text, page.text)))
        for letter in page.letters
    ]
