"""Who is told: the officers behind the roles of a ladder step, stand-ins included, and no one who may not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.accounts.absences import absent_on
from handlers.accounts.roles import CASE_WORKERS, Role, StandIn
from handlers.casework.access import Staff, is_barred, may_know, staff_of
from handlers.deadlines.worktime import local_day
from handlers.records.case import Case
from handlers.records.officer import Officer


class Roster:
    """The staff as they stand at one moment, read once for many cases."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._away = absent_on(session, local_day(now))
        self._all = {officer.id: officer for officer in session.scalars(select(Officer).order_by(Officer.id))}
        self._staff = [officer for officer in self._all.values() if not officer.disabled]

    def officer(self, officer_id: int) -> Officer | None:
        """Return an officer by id."""
        return self._all.get(officer_id)

    def by_login(self, login: str) -> Officer | None:
        """Return whoever takes the turn of the sign-in name ``login`` (their stand-in while away)."""
        named = next((officer for officer in self._staff if officer.login == login), None)
        return next(iter(self._present(named)), None) if named else None

    def told(self, case: Case, roles: Sequence[str]) -> list[Officer]:
        """Return who is told of ``case`` for these roles. Of a restricted case only its recipient ever is (举报)."""
        if case.restricted:
            return self._restricted(case)
        found = [officer for role in roles for officer in self._in_role(case, role)]
        return self.knowing(case, found) or self.knowing(case, self.office()) or self.knowing(case, self._leaders())

    def office(self) -> list[Officer]:
        """Return the office's people (办公室), who are told when nobody else can be."""
        return self._standing_in(officer for officer in self._staff if officer.role == "office")

    def of_section(self, section: str, office: str) -> list[Officer]:
        """Return who answers for a section: its heads; for the ``office``'s own section the office's people."""
        heads = [one for one in self._staff if one.section_code == section and one.role == "head"]
        if section == office:
            heads = heads or [one for one in self._staff if one.role == "office"]
        return self._standing_in(heads) or self.office()

    def may_know(self, officer: Officer, case: Case) -> bool:
        """Whether an officer, with the roles they stand in for today, may hear of the case at all."""
        return may_know(officer, case, self._stood_for(officer))

    def knowing(self, case: Case, officers: Iterable[Officer]) -> list[Officer]:
        """Those (or who stands in for them) who may hear of the case: nobody it is about, nobody beyond its level."""
        return [officer for officer in self._standing_in(officers) if self.may_know(officer, case)]

    def able(self, may: Callable[[Staff], bool]) -> list[Officer]:
        """Everybody on the staff who, with the roles they stand in for today, ``may``."""
        return [one for one in self._staff if may(staff_of(one, self._stood_for(one)))]

    def of_these(self, case: Case, officers: Iterable[Officer]) -> list[Officer]:
        """Whom to tell of what any of ``officers`` can do: whoever is away only where no stand-in of theirs is one."""
        able = {one.id: one for one in officers}
        told = [p for one in able.values() for p in [q for q in self._present(one) if q.id in able] or [one]]
        return [one for one in {p.id: p for p in told}.values() if not one.disabled and self.may_know(one, case)]

    def _stood_for(self, officer: Officer) -> tuple[StandIn, ...]:
        absent = (self._all[row.officer_id] for row in self._away.values() if row.stand_in_id == officer.id)
        return tuple(
            StandIn(one.id, one.name, Role(one.role), one.section_code or "")
            for one in absent
            if not one.disabled and one.role in CASE_WORKERS
        )

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
        return list({one.id: one for officer in officers for one in self._present(officer)}.values())

    def _present(self, officer: Officer) -> list[Officer]:
        """Who is told in place of an officer: their stand-in first, and themselves unless only the stand-in is."""
        away = self._away.get(officer.id)
        stand_in = self._all.get(away.stand_in_id) if away else None
        if away is None or stand_in is None or stand_in.disabled:
            found = [officer]
        else:
            found = [stand_in, officer] if away.also else [stand_in]
        return [one for one in found if not one.disabled]
