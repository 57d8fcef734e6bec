"""The table of time limits (时限表) as data, and the one table that says which rules start on a case."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from handlers.errors import InvalidInput
from handlers.taxonomy import KINDS, SOURCES, TRACK_FORMS, TRACKS

Unit = Literal["D", "WD", "M", "H", "WH", "DATE"]
UNIT_NAMES: Final[dict[str, str]] = {
    "D": "日",
    "WD": "个工作日",
    "M": "个月",
    "H": "小时",
    "WH": "个工作小时",
    "DATE": "",
}
Role = Literal["head", "office", "leader"]
#: The mark of a rule whose source nobody has confirmed; it stands wherever the date is shown.
TO_CONFIRM: Final = "待核实"

_STRICT = ConfigDict(frozen=True, extra="forbid")


class Extension(BaseModel):
    """What a rule allows when its time does not suffice: at most ``length`` of its unit, ``times`` times."""

    model_config = _STRICT

    code: str
    length: int = Field(gt=0)
    times: int = Field(default=1, gt=0)
    approver: Role
    told: bool = True


class Rule(BaseModel):
    """One time limit. ``certainty``: P, S, M (to be confirmed by the bureau), ``L`` (set or confirmed by the bureau
    with a source of its own) or ``house`` (the bureau's own rule).

    ``right``: the time is the other side's to act in (复查, 第三方意见), so that no bureau may cut it short.
    ``always``: what it counts is given out with its date (督办单), so that no bureau may take it out of use.
    ``local`` is the source of a local override in force ("" = as shipped); one that is not ``active`` starts nowhere.
    """

    model_config = _STRICT

    code: str
    track: str
    name: str
    act: str
    trigger: str
    trigger_name: str
    length: int = Field(default=0, ge=0)
    unit: Unit
    month: int = Field(default=0, ge=0, le=12)
    day: int = Field(default=0, ge=0, le=31)
    source: str = Field(min_length=1)
    certainty: Literal["P", "S", "M", "L", "house"]
    extension: Extension | None = None
    pauses: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    note: str = ""
    right: bool = False
    always: bool = False
    active: bool = True
    local: str = ""

    @model_validator(mode="after")
    def _length_fits_unit(self) -> Rule:
        if (self.unit == "DATE") != (self.length == 0) or (self.unit == "DATE") != (self.month * self.day > 0):
            raise ValueError(f"rule {self.code}: a DATE rule has month and day, every other rule a length")
        return self

    @property
    def house(self) -> bool:
        """Whether this is the bureau's own rule, never to be shown as law."""
        return self.certainty == "house"

    @property
    def rolls(self) -> bool:
        """Whether a last day on a rest day moves to the next working day (民法典 203: limits in days and months)."""
        return self.unit in ("D", "M")

    @property
    def in_hours(self) -> bool:
        """Whether the limit is counted in hours, so that its due value is an instant and not a day."""
        return self.unit in ("H", "WH")

    @property
    def met_by_answer(self) -> bool:
        """Whether a delivered answer meets it; written acts need their own proof of service."""
        return self.track in ("general", "website_correction")

    @property
    def of_others(self) -> bool:
        """Whether it is another party's time to answer, not ours: promised to nobody and no case's next date."""
        return self.trigger == "letter_received"

    @property
    def to_confirm(self) -> bool:
        """Whether the row is shown with 待核实 (certainty M)."""
        return self.certainty == "M"

    @property
    def source_words(self) -> str:
        """The source with its 待核实: what stands beside a date that goes out of the house."""
        return f"{self.source}（{TO_CONFIRM}）" if self.to_confirm else self.source

    @property
    def length_words(self) -> str:
        """The length as staff read it: 20个工作日, 1月31日前."""
        if self.unit == "DATE":
            return f"{self.month}月{self.day}日前"
        return f"{self.length}{UNIT_NAMES[self.unit]}"


class Start(BaseModel):
    """One row of the table of starts; an empty tuple fits everything."""

    model_config = _STRICT

    rules: tuple[str, ...]
    tracks: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    except_sources: tuple[str, ...] = ()
    triage: bool = False

    def fits(self, kind: str | None, source: str, track: str, form: str) -> bool:
        """Say whether a case of this kind, source and track (begun in this form) starts this row's rules."""
        return (
            (not self.tracks or track in self.tracks)
            and (not self.forms or form in self.forms)
            and (not self.kinds or kind in self.kinds)
            and (not self.sources or source in self.sources)
            and source not in self.except_sources
        )


@dataclass(frozen=True)
class Limits:
    """All rules by code, and the rows that start them."""

    rules: dict[str, Rule]
    starts: tuple[Start, ...]

    def __post_init__(self) -> None:
        for start in self.starts:
            named = {*start.tracks} - {*TRACKS} | {*start.kinds} - {*KINDS} | {*start.rules} - {*self.rules}
            known_forms = {form for track in start.tracks for form in TRACK_FORMS.get(track, ())}
            named |= {*start.forms} - known_forms
            unknown = named | {*start.sources, *start.except_sources} - {*SOURCES}
            if unknown:
                raise ValueError(f"limits: a start row names what does not exist: {sorted(unknown)}")
        tracks = frozenset(track for start in self.starts for track in start.tracks)
        object.__setattr__(self, "_tracks", tracks)
        object.__setattr__(self, "_memo", {})

    @property
    def startable(self) -> frozenset[str]:
        """The rules that start by kind, source and track (not the house rule of triage)."""
        return frozenset(code for start in self.starts if not start.triage for code in start.rules)

    def rule(self, code: str) -> Rule:
        """Return the rule ``code``; raises :class:`InvalidInput` naming the codes there are."""
        try:
            return self.rules[code]
        except KeyError:
            raise InvalidInput(f"没有时限规则 {code!r}。现有：{'、'.join(self.rules)}。", field="code") from None

    def to_start(
        self, kind: str | None, source: str, track: str, *, form: str = "", triage: bool = False
    ) -> tuple[Rule, ...]:
        """Return the rules that start on a case of this kind (``None`` = not known yet), source and track.

        ``form``: how the track began ("" = as its source says). ``triage``: the case waits for the office (then the
        house rule of triage starts too).
        """
        form = form or usual_form(track, source)
        key = (kind, source, track, form, triage)
        memo: dict[tuple[str | None, str, str, str, bool], tuple[Rule, ...]] = self.__dict__["_memo"]
        if key not in memo:
            own_track = track if track in self.__dict__["_tracks"] else "general"
            codes = dict.fromkeys(
                code
                for start in self.starts
                if (start.triage and triage) or (not start.triage and start.fits(kind, source, own_track, form))
                for code in start.rules
            )
            memo[key] = tuple(self.rules[code] for code in codes if self.rules[code].active)
        return memo[key]


def usual_form(track: str, source: str) -> str:
    """How a track begins when nobody said it: as the source of the case has it ("" = the track has no forms)."""
    if track == "petition" and source == "petition_system":
        return "transferred"
    if track == "information_request" and source in ("letter", "visit"):
        return "written"
    return next(iter(TRACK_FORMS.get(track, {})), "")


def parse_limits(text: str) -> Limits:
    """Read a limits table from TOML; raises ``ValueError`` (pydantic's included) naming what is wrong."""
    data = tomllib.loads(text)
    rules = TypeAdapter(tuple[Rule, ...]).validate_python(tuple(data["rule"]))
    codes = [rule.code for rule in rules]
    if len(set(codes)) != len(codes):
        raise ValueError(f"limits: code given twice: {sorted({c for c in codes if codes.count(c) > 1})}")
    starts = TypeAdapter(tuple[Start, ...]).validate_python(tuple(data["start"]))
    return Limits({rule.code: rule for rule in rules}, starts)


@lru_cache(maxsize=1)
def load_limits() -> Limits:
    """Return the table that ships. What a bureau counts by: :func:`handlers.deadlines.local.limits_of`."""
    return parse_limits(files("handlers.deadlines").joinpath("limits.toml").read_text("utf-8"))
