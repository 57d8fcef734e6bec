"""Urgent has two grades: now, which calls a person as all did, and today, which goes before others that day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

OPEN = "state NOT IN ('closed', 'forwarded', 'merged', 'withdrawn', 'not_accepted')"
QUEUED = [
    'state', 'section_code', 'officer_id', 'urgent', 'grade', 'next_due_at', 'next_safe_due_at', 'colour', 'unread',
    'result', 'restricted', 'restricted_to', 'sensitivity', 'claim_until',
]
CARRIED = ['cooperating', 'barred', 'admitted']


def upgrade() -> None:
    for name in ('cases', 'label'):
        op.add_column(name, sa.Column('grade', sa.String(length=10), nullable=False, server_default=''))
        table = sa.table(name, sa.column('urgent', sa.Boolean), sa.column('grade', sa.String))
        op.execute(table.update().where(table.c.urgent.is_(sa.true())).values(grade='now'))
    if op.get_context().dialect.name == 'sqlite':
        op.drop_index('ix_cases_open_sqlite', table_name='cases')
        op.create_index(
            'ix_cases_open_sqlite', 'cases', [*QUEUED, *CARRIED], unique=False, sqlite_where=sa.text(OPEN)
        )
    else:
        op.drop_index('ix_cases_open_postgresql', table_name='cases')
        op.create_index(
            'ix_cases_open_postgresql', 'cases', QUEUED, unique=False, postgresql_where=sa.text(OPEN),
            postgresql_include=[*CARRIED, 'id']
        )
