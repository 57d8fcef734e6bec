"""Saved views, exports and imports; the return limit of another platform; indexes for a million cases.

The search index itself is made by handlers/records/fulltext.py after every upgrade: it is derived from the rest.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

FEW = {
    'restricted_to': "restricted_to IS NOT NULL",
    'outer_number': "outer_number <> ''",
    'merged_into_id': "merged_into_id IS NOT NULL",
}
OPEN = "state NOT IN ('closed', 'forwarded', 'merged', 'withdrawn', 'not_accepted')"
QUEUED = [
    'state', 'section_code', 'officer_id', 'urgent', 'next_due_at', 'next_safe_due_at', 'colour', 'unread', 'result',
    'restricted', 'restricted_to',
]


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outer_return_by', instant, nullable=True))
    op.create_index('ix_cases_opened_at', 'cases', ['opened_at'], unique=False)
    op.create_index('ix_cases_open', 'cases', QUEUED, unique=False, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN))
    for name, only in FEW.items():
        op.create_index(
            f'ix_cases_{name}', 'cases', [name], unique=False, sqlite_where=sa.text(only), postgresql_where=sa.text(only)
        )
    op.create_table('saved_view',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('officer_id', big, nullable=False),
    sa.Column('section_code', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('query', sa.JSON(), nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_saved_view_officer_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view'))
    )
    op.create_index('ix_saved_view_officer_id', 'saved_view', ['officer_id'], unique=False)
    op.create_index('ix_saved_view_section_code', 'saved_view', ['section_code'], unique=False)
    op.create_table('export_record',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.Column('officer_id', big, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('what', sa.String(length=300), nullable=False),
    sa.Column('query', sa.JSON(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('finished_at', instant, nullable=True),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_export_record_officer_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_export_record'))
    )
    op.create_index('ix_export_record_at', 'export_record', ['at'], unique=False)
    op.create_table('import_batch',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('filename', sa.String(length=300), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('headers', sa.JSON(), nullable=False),
    sa.Column('mapping', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('officer_id', big, nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.Column('started_at', instant, nullable=True),
    sa.Column('finished_at', instant, nullable=True),
    sa.Column('claimed_until', instant, nullable=True),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_import_batch_officer_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch'))
    )
    op.create_index('ix_import_batch_state', 'import_batch', ['state'], unique=False)
    op.create_index('ix_import_batch_at', 'import_batch', ['at'], unique=False)
    op.create_table('import_row',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('batch_id', big, nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('cells', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('why', sa.String(length=500), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_row_batch_id_import_batch')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_row')),
    sa.UniqueConstraint('batch_id', 'place', name=op.f('uq_import_row_batch_id_place'))
    )
    op.create_index('ix_import_row_batch_id_state', 'import_row', ['batch_id', 'state'], unique=False)
    op.create_index('ix_import_row_number', 'import_row', ['number'], unique=False)
    op.create_table('import_mapping',
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('changed_at', instant, nullable=False),
    sa.PrimaryKeyConstraint('source', name=op.f('pk_import_mapping'))
    )
