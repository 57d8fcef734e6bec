"""常用视图: keeping a search under a name, for oneself or, by its head, for the whole section."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from handlers.accounts.roles import Role
from handlers.casework.access import Person
from handlers.errors import InvalidInput, NotFound
from handlers.records import SavedView

_MOST: Final = 30
_NAME: Final = 30


def views_of(session: Session, person: Person) -> list[SavedView]:
    """The person's own views and those shared with their section, by name."""
    mine = SavedView.officer_id == person.officer_id
    shared = SavedView.section_code == (person.section or "-")
    return list(session.scalars(select(SavedView).where(or_(mine, shared)).order_by(SavedView.name, SavedView.id)))


def may_share(person: Person) -> bool:
    """Whether the person may keep a view for the whole section."""
    return person.role is Role.HEAD and bool(person.section)


def keep_view(
    session: Session, person: Person, name: str, query: Mapping[str, str], now: datetime, *, shared: bool = False
) -> SavedView:
    """Keep a search; the same name again replaces it. Raises InvalidInput (no name, too many, nothing to keep)."""
    name = " ".join(name.split())
    if not name or len(name) > _NAME:
        raise InvalidInput(f"请给视图起个名字，最多 {_NAME} 个字。", "name")
    if not query:
        raise InvalidInput("还没有查找条件，先查找，再保存为视图。", "name")
    own = select(SavedView).where(SavedView.officer_id == person.officer_id)
    view = session.scalars(own.where(SavedView.name == name)).first()
    if view is None:
        if (session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= _MOST:
            raise InvalidInput(f"最多保存 {_MOST} 个视图，请先删掉不用的。", "name")
        view = SavedView(officer_id=person.officer_id, name=name)
        session.add(view)
    view.query, view.at = dict(query), now
    view.section_code = person.section if shared and may_share(person) else ""
    session.flush()
    return view


def drop_view(session: Session, person: Person, view_id: int) -> str:
    """Delete one's own view; return its name. Raises NotFound."""
    view = session.get(SavedView, view_id)
    if view is None or view.officer_id != person.officer_id:
        raise NotFound("没有这个视图，或者它是别人保存的。")
    session.delete(view)
    return view.name
