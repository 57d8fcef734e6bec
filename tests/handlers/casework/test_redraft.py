"""An answer taken back: what its officer wrote is the draft again, without the letter around it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.answer import answer, open_draft
from handlers.casework.claim import claim
from handlers.casework.redraft import redraft
from handlers.core import Core
from handlers.records import Reply
from tests.handlers.casework.conftest import Bureau, OpenCase


def test_the_officers_own_words_come_back_also_when_the_letters_wording_changed_since(
    session: Session, core: Core, bureau: Bureau, open_case: OpenCase, now: datetime
) -> None:
    case = open_case()
    claim(session, core, bureau.zhang, case.id, case.version, now)
    answer(session, core, bureau.zhang, case.id, case.version, "请到社区申请。", now=now)
    issued = session.scalars(select(Reply).where(Reply.state == "issued")).one()
    issued.text = f"从前的开头。\n请到社区申请。\n从前的结尾，{case.number}。"
    redraft(session, core, bureau.zhang, case.id, case.version, reason="写错了地点", now=now)
    draft = open_draft(session, case.id)
    assert draft is not None and draft.text == "请到社区申请。"
