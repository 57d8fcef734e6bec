"""The table of limits as one bureau counts by it: what ships, with the local overrides (本单位另定) of its profile.

A limit of the law (certainty P) may be made shorter, never longer; what the law gives to the other side stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import structlog

from handlers.deadlines.limits import TO_CONFIRM, UNIT_NAMES, Extension, Limits, Rule, load_limits
from handlers.errors import InvalidInput
from handlers.organisation.profile import LimitOverride, Profile
from handlers.taxonomy import KINDS, SOURCES, TRACKS

_log = structlog.get_logger(__name__)
_RANKS: Final = {"head": 1, "office": 2, "leader": 3}
_ROLES: Final = {"head": "科室负责人", "office": "办公室", "leader": "分管领导"}


def limits_of(profile: Profile) -> Limits:
    """Return the table of this bureau.

    An override that this release no longer allows (the law has become stricter) is logged and left out: the law
    prevails.
    """
    return _local(profile.limits) if profile.limits else load_limits()


def rule_words(profile: Profile, code: str) -> str:
    """Return a rule's code as it stands beside a date: with 待核实 where nobody has confirmed its source."""
    rule = limits_of(profile).rules.get(code)
    return f"{code} {TO_CONFIRM}" if rule is not None and rule.to_confirm else code


@lru_cache(maxsize=16)
def _local(overrides: tuple[LimitOverride, ...]) -> Limits:
    shipped = load_limits()
    rules = dict(shipped.rules)
    for override in overrides:
        try:
            rules[override.rule] = overridden(shipped.rule(override.rule), override)
        except InvalidInput as fault:
            _log.warning("a local limit is not allowed any more and is left out", rule=override.rule, fault=str(fault))
    return Limits(rules, shipped.starts)


def check_overrides(overrides: Iterable[LimitOverride]) -> None:
    """Raise :class:`InvalidInput` (field at fault) when one is not allowed, or some case would have no limit."""
    shipped, rules = load_limits(), dict(load_limits().rules)
    for override in overrides:
        rules[override.rule] = overridden(shipped.rule(override.rule), override)
    changed = Limits(rules, shipped.starts)
    if all(rule.active for rule in rules.values()):
        return  # nothing was switched off, so every case keeps what it had
    for track in TRACKS:
        for kind in (None, *KINDS):
            for source in SOURCES:
                for triage in (False, True):
                    key = (kind, source, track)
                    if shipped.to_start(*key, triage=triage) and not changed.to_start(*key, triage=triage):
                        where = f"{TRACKS[track]}·{KINDS.get(kind or '', '类型未定')}·{SOURCES[source]}"
                        raise InvalidInput(f"停用之后，有的来件（{where}）就没有任何时限了。请保留一条。", "active")


def overridden(rule: Rule, override: LimitOverride) -> Rule:
    """Return ``rule`` with the override. Raises :class:`InvalidInput` saying what the law does not allow."""
    _check_length(rule, override)
    if rule.certainty == "P" and not override.active:
        raise InvalidInput(f"{rule.code} 是法定时限（{rule.source}），不能停用。", "active")
    if rule.always and not override.active:
        raise InvalidInput(f"{rule.code} 的日期要写在发出的文书上，可以改长短，不能停用。", "active")
    values: dict[str, Any] = {"local": override.source, "active": override.active}
    values["extension"] = _extension(rule, override)
    if override.name:
        values["name"] = override.name
    if override.length not in (None, rule.length):
        values |= {"length": override.length, "source": f"{override.source}（原为{rule.length_words}：{rule.source}）"}
    if "length" in values or override.confirmed:
        values |= {"certainty": "house" if rule.house else "L"}
        values.setdefault("source", override.source)
    return rule.model_copy(update=values)


def _check_length(rule: Rule, override: LimitOverride) -> None:
    length = override.length
    if length is None or length == rule.length:
        return
    if rule.unit == "DATE":
        raise InvalidInput(f"{rule.code} 是每年固定的日期，没有长短可改。", "length")
    if rule.right:
        raise InvalidInput(f"{rule.code} 是法律给对方的时间（{rule.source}），本单位不能改。", "length")
    if rule.certainty == "P" and length > rule.length:
        raise InvalidInput(
            f"{rule.code} 是法定时限，{rule.source}规定最长{rule.length_words}：本单位可以定得更短，不能更长。",
            "length",
        )


def _extension(rule: Rule, override: LimitOverride) -> Extension | None:
    shipped, length, approver = rule.extension, override.extension, override.approver
    if length is None and not approver:
        return shipped
    if shipped is None and not length:
        if approver:
            raise InvalidInput(f"{rule.code} 没有延期，不需要批准人。", "approver")
        return None
    if length == 0:
        return None
    if rule.unit == "DATE" or (rule.certainty == "P" and shipped is None):
        raise InvalidInput(f"{rule.code} 是法定时限，{rule.source}没有规定可以延期。", "extension")
    base = shipped or Extension(code=rule.code, length=1, approver="office")
    if rule.certainty == "P":
        if (length or 0) > base.length * base.times:
            words = f"{base.length * base.times}{UNIT_NAMES[rule.unit]}"
            raise InvalidInput(f"{rule.code} 依法最多延长 {words}：可以定得更短，不能更长。", "extension")
        if approver and _RANKS[approver] < _RANKS[base.approver]:
            raise InvalidInput(f"{rule.code} 的延期依法要由{_ROLES[base.approver]}批准，不能改由下级批准。", "approver")
    return base.model_copy(update={"length": length or base.length, "approver": approver or base.approver})
