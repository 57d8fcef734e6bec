"""What the buttons of the case page do: one small function per move, reading its form; one table names them all.

Answering and closing lie here, the others in the files of their kind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.web.console.doing import Did, Doing
from bot.web.console.moves_handing import HANDING
from bot.web.console.moves_sorting import SORTING
from handlers.casework import (
    answer,
    ask,
    close,
    delivered,
    oversee,
    redraft,
    written,
)


def _draft(do: Doing) -> Did:
    answer.save_draft(do.session, do.core, do.me, do.case_id, do.version, do.form.text("text"), do.now)
    return Did("草稿已保存，群众看不到。")


def _answer(do: Doing) -> Did:
    reply = answer.answer(
        do.session, do.core, do.me, do.case_id, do.version, do.form.text("text"),
        result=do.form.text("result"), now=do.now,
    )  # fmt: skip
    return Did("答复已签发，正在送达。" if reply.state == "issued" else "答复已送审，按上面的步骤审核签发后送达。")


def _ask_citizen(do: Doing) -> Did:
    ask.ask_citizen(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("已请群众补充；办理时限不因此暂停。")


def _record_delivery(do: Doing) -> Did:
    way, _, outcome = do.form.text("outcome").partition(":")
    row = delivered.record_delivery(
        do.session, do.core, do.me, do.case_id, do.version,
        way=way or do.form.text("way"), outcome=outcome, told_whom=do.form.text("told_whom"),
        number=do.form.text("told_number"), gist=do.form.text("gist"), proof=do.form.text("proof"), at=do.instant("at"),
        now=do.now,
    )  # fmt: skip
    told = {"sent": "已登记送达，等待群众评价。", "unknown": "已登记；有了结果请到“没有送达”里确认。"}
    return Did(told.get(row.state, "已登记，答复仍未送达，时限照走。"))


def _redraft(do: Doing) -> Did:
    redraft.redraft(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("答复已收回，原文在草稿里；改好后重新签发。")


def _note(do: Doing) -> Did:
    oversee.note(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("备注已记下，群众看不到。")


def _supervise(do: Doing) -> Did:
    oversee.supervise(do.session, do.core, do.me, do.case_id, do.version, text=do.form.text("text"), now=do.now)
    return Did("已督办，承办科室会看到要求。")


def _close(do: Doing) -> Did:
    close.close(
        do.session, do.core, do.me, do.case_id, do.version,
        result=do.form.text("result"), evidence=do.form.text("evidence"), now=do.now,
    )  # fmt: skip
    return Did("已办结。")


def _not_accept(do: Doing) -> Did:
    close.not_accept(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("已不予受理，理由会告知群众。")


def _reopen(do: Doing) -> Did:
    close.reopen(do.session, do.core, do.me, do.case_id, do.version, reason=do.form.text("reason"), now=do.now)
    return Did("已重办，时限重新开始。")


def _serve_notice(do: Doing) -> Did:
    written.serve_notice(
        do.session, do.core, do.me, do.case_id, do.version,
        rule=do.form.text("rule"), proof=do.form.text("proof"), at=do.instant("at"), now=do.now,
    )  # fmt: skip
    return Did("书面告知已登记，这项时限已达成。")


#: Every move that a button of the case page makes, by its code in :data:`handlers.casework.moves.MOVES`.
BUTTONS: Final[dict[str, Callable[[Doing], Did]]] = {
    **HANDING,
    **SORTING,
    "draft": _draft,
    "answer": _answer,
    "ask_citizen": _ask_citizen,
    "record_delivery": _record_delivery,
    "redraft": _redraft,
    "serve_notice": _serve_notice,
    "note": _note,
    "supervise": _supervise,
    "close": _close,
    "not_accept": _not_accept,
    "reopen": _reopen,
}
