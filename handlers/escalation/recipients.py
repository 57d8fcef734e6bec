"""Who is told: the officers behind the roles of a ladder step, stand-ins included, and no one who may not know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.casework.access import is_barred, may_know, staff_of
from handlers.records.case import Case
from handlers.records.officer import Officer

_MOST_STAND_INS: Final = 3


class Roster:
    """The staff as they stand at one moment, read once for many cases."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._now = now
        self._all = {officer.id: officer for officer in session.scalars(select(Officer).order_by(Officer.id))}
        self._staff = [officer for officer in self._all.values() if not officer.disabled]

    def officer(self, officer_id: int) -> Officer | None:
        """Return an officer by id."""
        return self._all.get(officer_id)

    def by_login(self, login: str) -> Officer | None:
        """Return whoever takes the turn of the sign-in name ``login`` (their stand-in while away)."""
        named = next((officer for officer in self._staff if officer.login == login), None)
        return self._present(named) if named else None

    def told(self, case: Case, roles: Sequence[str]) -> list[Officer]:
        """Return who is told of ``case`` for these roles. Of a restricted case only its recipient ever is (举报)."""
        if case.restricted:
            return self._restricted(case)
        found = [officer for role in roles for officer in self._in_role(case, role)]
        return self._knowing(case, found) or self._knowing(case, self.office()) or self._knowing(case, self._leaders())

    def office(self) -> list[Officer]:
        """Return the office's people (办公室), who are told when nobody else can be."""
        return self._standing_in(officer for officer in self._staff if officer.role == "office")

    def _knowing(self, case: Case, officers: Iterable[Officer]) -> list[Officer]:
        """Those (or who stands in for them) who may hear of the case: nobody it is about, nobody beyond its level."""
        return [officer for officer in self._standing_in(officers) if may_know(officer, case)]

    def _leaders(self) -> list[Officer]:
        return [officer for officer in self._staff if officer.role == "leader"]

    def _restricted(self, case: Case) -> list[Officer]:
        named = self._all.get(case.restricted_to) if case.restricted_to else None
        if named is not None and not named.disabled:
            return [named]
        receiving = [officer for officer in self._staff if officer.receives_reports]
        return [officer for officer in receiving if not is_barred(staff_of(officer), case)]

    def _in_role(self, case: Case, role: str) -> list[Officer]:
        if role in ("office", "leader"):
            return [officer for officer in self._staff if officer.role == role]
        if role == "officer" and case.officer_id in self._all:
            return [self._all[case.officer_id]]
        return [o for o in self._staff if o.role == role and case.section_code and o.section_code == case.section_code]

    def _standing_in(self, officers: Iterable[Officer]) -> list[Officer]:
        present = (self._present(officer) for officer in officers)
        return list({officer.id: officer for officer in present if officer is not None}.values())

    def _present(self, officer: Officer) -> Officer | None:
        """Follow the stand-ins of somebody who is away; nobody stands in for ever."""
        for _ in range(_MOST_STAND_INS):
            away = officer.away_until is not None and officer.away_until > self._now
            stand_in = self._all.get(officer.stand_in_id) if away and officer.stand_in_id else None
            if stand_in is None:
                break
            officer = stand_in
        return None if officer.disabled else officer
