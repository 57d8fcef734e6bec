"""What the buttons of a reply's way do: pass it on, send it back, issue it, record the seal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.web.console.doing import Did, Doing
from handlers.casework import issue
from handlers.documents.store import Desk
from handlers.errors import InvalidInput
from handlers.records import Case, Reply
from handlers.signing import acts
from handlers.signing.rounds import reply_under_way, turn_of
from handlers.signing.seal import record_seal


def send_back(do: Doing) -> Did:
    """退回修改, with what the reviewer changed lying beside the draft."""
    text, reason = do.form.text("text") or None, do.form.text("reason")
    reply = issue.send_back(do.session, do.core, do.me, do.case_id, do.version, reason=reason, text=text, now=do.now)
    changed = text is not None and text != reply.text
    return Did("已退回拟稿人修改；您改过的文字附在草稿旁边。" if changed else "已退回拟稿人修改。")


def approve(do: Doing) -> Did:
    """审核通过, with the reviewer's own wording where the form has one."""
    _check_shown(do)
    text = do.form.text("text") or None
    reply = issue.approve(do.session, do.core, do.me, do.case_id, do.version, text=text, now=do.now)
    return Did(passed(do, reply))


def issue_it(do: Doing) -> Did:
    """签发 of a reply, or of a document, which then wants its seal."""
    _check_shown(do)
    reply = reply_under_way(do.session, do.case_id)
    if reply is not None and reply.act:
        document = acts.issue_act(do.session, desk_of(do), do.me, do.case_id, do.version, do.now)
        return Did(f"已签发《{document.name}》{document.number}。请打印、用印并登记，再书面送达。")
    text = do.form.text("text") or None
    reply = issue.issue(do.session, do.core, do.me, do.case_id, do.version, text=text, now=do.now)
    return Did("答复已签发，正在送达。" if reply.state == "issued" else passed(do, reply))


def submit(do: Doing) -> Did:
    """文书送审, from the fields of its form."""
    kind = do.form.text("kind")
    reply = acts.submit_act(
        do.session, desk_of(do), do.me, do.case_id, do.version, kind, do.form.values(), do.now
    )  # fmt: skip
    return Did("已签发，请用印。" if reply.state == "issued" else "已送审，按页面上的步骤审核签发。")


def revise(do: Doing) -> Did:
    """The reviewer's own changes of a document, from the fields of its form."""
    reply = acts.revise_act(do.session, desk_of(do), do.me, do.case_id, do.version, do.form.values(), do.now)
    return Did("改后的文书从头再审。" if reply.position == 0 else "改后的文书送下一步审核。")


def seal(do: Doing) -> Did:
    """用印登记."""
    files, copies = desk_of(do).files, do.form.number("copies")
    row = record_seal(
        do.session, do.core, files, do.me, do.case_id, do.version, document_id=do.chosen("document", "一份文书"),
        copies=copies or 0, note=do.form.text("note"), now=do.now,
    )  # fmt: skip
    return Did(f"{row.number} 已登记用印 {row.copies} 份，现在可以送达。")


def passed(do: Doing, reply: Reply) -> str:
    """What became of a reply that goes on its way, and whom it waits for now."""
    turn = turn_of(do.session, do.core, do.session.get_one(Case, do.case_id), reply, do.now)
    waits = f"，现在等{turn.waits}" if turn else ""
    if reply.position == 0:  # it was passed on and stands at the first step again
        return f"您改了文字：改后的文字要从头再审一遍，还没有签发{waits}。"
    return f"审核通过{waits}。"


def desk_of(do: Doing) -> Desk:
    """What making documents takes."""
    assert do.desk is not None  # every page that signs has one
    return do.desk


def _check_shown(do: Doing) -> None:
    """What is signed is what stood on the page: its hash comes back with the press of the button."""
    shown, reply = do.form.text("shown"), reply_under_way(do.session, do.case_id)
    if reply is not None:
        if reply.act and not shown:
            raise InvalidInput("页面不完整，请刷新后再试。")
        acts.check_shown(reply, shown)


#: The moves by their code in :data:`handlers.casework.moves.MOVES`.
BUTTONS: Final[dict[str, Callable[[Doing], Did]]] = {
    "send_back": send_back,
    "approve": approve,
    "issue": issue_it,
    "submit_act": submit,
    "seal": seal,
}
