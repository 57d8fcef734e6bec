"""办理期限与程序 on the case page: the buttons of tracks, procedural steps and extensions, each reading its form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from bot.web.console.doing import Did, Doing
from handlers.accounts.roles import SignedIn
from handlers.casework.page import CasePage
from handlers.casework.promise import latest_words
from handlers.core import Core
from handlers.deadlines.clocks import ends_at
from handlers.deadlines.worktime import local_day
from handlers.documents.kinds import KINDS
from handlers.errors import InvalidInput
from handlers.procedure import extensions, tracks
from handlers.procedure.choices import APPROVERS, CHOICES, GROUNDS
from handlers.procedure.fields import FIELDS
from handlers.procedure.page import procedure_page
from handlers.procedure.table import Step, load_steps
from handlers.procedure.take import Taken, take
from handlers.procedure.views import InquiryView
from handlers.records import Clock, Consent
from handlers.taxonomy import TRACK_FORMS, TRACKS

#: Days that staff know and the program does not: nothing is filled in for them.
_UNKNOWN_DAYS: Final = frozenset({"opinion_day"})


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a step's form, ready to be drawn."""

    name: str
    label: str
    entry: str
    hint: str
    options: list[tuple[str, str]]
    first: str
    optional: bool


def section(session: Session, core: Core, me: SignedIn, page: CasePage, now: datetime) -> dict[str, Any]:
    """Return what the part 办理期限与程序 of the case page is drawn from."""
    found = procedure_page(session, core, me, page.case, page.clocks, page.moves, now)
    steps = [*found.steps, *(step for track in found.tracks for step in track.steps)]
    return {
        "view": found,
        "forms": {step.code: _fields(step, found.waiting, local_day(now)) for step in steps},
        "tracks": _ways(),
        "track_forms": {code: list(forms.items()) for code, forms in TRACK_FORMS.items()},
        "extendable": [(str(one.clock_id), one.words) for one in found.extendable],
    }


def _ways() -> list[tuple[str, str]]:
    """Every track with the forms it has, in one list: ``petition:transferred``, 信访：信访部门或上级机关转送、交办."""
    ways = []
    for code, name in TRACKS.items():
        forms = [(f"{code}:{form}", f"{name}：{words}") for form, words in TRACK_FORMS.get(code, {}).items()]
        ways += forms or [(code, name)]
    return ways


def _fields(step: Step, waiting: list[InquiryView], today: date) -> list[FormField]:
    return [_field(step, name, waiting, today) for name in step.fields]


def _field(step: Step, name: str, waiting: list[InquiryView], today: date) -> FormField:
    field, optional = FIELDS[name], step.code == "party_answer" and name == "day"
    options: list[tuple[str, str]] = []
    if field.entry == "choice":
        options = [("", "请选择"), *CHOICES[name].items()]
    elif field.entry == "inquiry":
        open_to = [one for one in waiting if step.code != "party_received" or one.received_on is None]
        options = [(str(one.ident), one.words) for one in open_to]
    known = field.entry == "day" and not optional and name not in _UNKNOWN_DAYS
    label = step.labels.get(name, field.label)
    return FormField(name, label, field.entry, field.hint, options, today.isoformat() if known else "", optional)


def _confirm_track(do: Doing) -> Did:
    track, _, form = do.form.text("track").partition(":")
    row = tracks.confirm_track(
        do.session, do.core, do.me, do.case_id, do.version, track=track, reason=do.form.text("reason"),
        form=do.form.text("form") or form, alongside=do.form.text("mode") == "alongside",
        since=do.day("since"),
        now=do.now,
    )  # fmt: skip
    notice = f"已确认按“{TRACKS[track]}”办理，时限已按它计算。"
    if row is not None and row.stage == "awaiting":
        notice = "已确认按“依申请公开”办理，待双方确认：答复期限要等三项内容齐全、登记双方确认以后才起算。"
    return Did(notice)


def _refuse_track(do: Doing) -> Did:
    row = tracks.refuse_track(
        do.session, do.core, do.me, do.case_id, do.version,
        track=do.form.text("track"), reason=do.form.text("reason"), now=do.now,
    )  # fmt: skip
    return Did(f"不按“{TRACKS[row.track]}”办理，它的时限已停止。")


def _end_track(do: Doing) -> Did:
    row = tracks.end_track(
        do.session, do.core, do.me, do.case_id, do.version,
        track=do.form.text("track"), reason=do.form.text("reason"), now=do.now,
    )  # fmt: skip
    return Did(f"“{TRACKS[row.track]}”已结束，它的时限已停止。")


def _ask_extension(do: Doing) -> Did:
    clock_id = do.form.number("clock")
    if clock_id is None:
        raise InvalidInput("请选择要延长的时限。", "clock")
    units = do.form.number("units")
    if units is None:
        raise InvalidInput("请填写延长多少，写数字。", "units")
    consent = extensions.ask_extension(
        do.session, do.core, do.me, do.case_id, do.version,
        clock_id=clock_id, units=units, reason=do.form.text("reason"), now=do.now,
    )  # fmt: skip
    return Did(f"延期申请已交{APPROVERS[consent.approver]}审批；批准以前期限不变，也不告知群众。")


def _withdraw_extension(do: Doing) -> Did:
    extensions.withdraw_extension(
        do.session, do.core, do.me, do.case_id, do.version, consent_id=_consent(do), now=do.now
    )  # fmt: skip
    return Did("延期申请已撤回，期限不变。")


def _approve_extension(do: Doing) -> Did:
    consent = extensions.approve_extension(
        do.session, do.core, do.me, do.case_id, do.version, consent_id=_consent(do), now=do.now
    )  # fmt: skip
    return Did(f"已同意延期，{_new_end(do, consent)}。群众会收到延期告知；不能自动告知的，请制作《延期告知书》。")


def _refuse_extension(do: Doing) -> Did:
    extensions.refuse_extension(
        do.session, do.core, do.me, do.case_id, do.version,
        consent_id=_consent(do), reason=do.form.text("reason"), now=do.now,
    )  # fmt: skip
    return Did("已不同意延期，期限不变，理由记入办理留痕。")


def _consent(do: Doing) -> int:
    return do.chosen("consent", "一份延期申请")


def _new_end(do: Doing, consent: Consent) -> str:
    clock = do.session.get_one(Clock, consent.clock_id)
    if clock.state == "paused":
        return "恢复计算以后按新的期限"
    return f"新的期限是 {latest_words(ends_at(clock), clock.rule, do.core.profile())}"


def _step(code: str) -> Callable[[Doing], Did]:
    def press(do: Doing) -> Did:
        taken = take(do.session, do.core, do.me, do.case_id, do.version, code, do.form.values(), do.now)
        return Did(_told(taken))

    return press


def _told(taken: Taken) -> str:
    """What happened, what is special about it, and which document comes next."""
    documents = taken.step.documents
    if taken.step.code == "refuse_petition":
        documents = (GROUNDS[taken.values["ground"]].document,)
    names = "、".join(f"《{KINDS[code].name}》" for code in documents)
    return f"已{taken.step.verb}。{taken.note}" + (f"接下来请制作{names}，送达后登记。" if names else "")


#: The buttons of this part, by the code of their move.
BUTTONS: Final[dict[str, Callable[[Doing], Did]]] = {
    "confirm_track": _confirm_track,
    "refuse_track": _refuse_track,
    "end_track": _end_track,
    "ask_extension": _ask_extension,
    "withdraw_extension": _withdraw_extension,
    "approve_extension": _approve_extension,
    "refuse_extension": _refuse_extension,
    **{code: _step(code) for code in load_steps()},
}
