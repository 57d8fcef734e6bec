"""The index of open cases holds everything that decides who sees them: no queue reads the million for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

OPEN = "state NOT IN ('closed', 'forwarded', 'merged', 'withdrawn', 'not_accepted')"
QUEUED = [
    'state', 'section_code', 'officer_id', 'urgent', 'next_due_at', 'next_safe_due_at', 'colour', 'unread', 'result',
    'restricted', 'restricted_to', 'sensitivity', 'claim_until',
]
CARRIED = ['cooperating', 'barred', 'admitted']


def upgrade() -> None:
    op.drop_index('ix_cases_open', table_name='cases')
    if op.get_context().dialect.name == 'sqlite':
        op.create_index(
            'ix_cases_open_sqlite', 'cases', [*QUEUED, *CARRIED], unique=False, sqlite_where=sa.text(OPEN)
        )
    else:
        op.create_index(
            'ix_cases_open_postgresql', 'cases', QUEUED, unique=False, postgresql_where=sa.text(OPEN),
            postgresql_include=CARRIED
        )
