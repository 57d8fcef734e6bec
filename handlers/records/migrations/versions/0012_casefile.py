"""Who may not know of a case, reports to the police that must be made, and who follows a case with consent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    with op.batch_alter_table('cases', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sensitivity', sa.String(length=40), nullable=False, server_default=''))
        for name in ('sensitive_kinds', 'barred', 'admitted'):
            batch_op.add_column(sa.Column(name, sa.JSON(), nullable=False, server_default='[]'))
    op.create_table('mandatory_report',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('opened_at', instant, nullable=False),
    sa.Column('opened_by', big, nullable=True),
    sa.Column('way', sa.String(length=40), nullable=False),
    sa.Column('police_unit', sa.String(length=100), nullable=False),
    sa.Column('receipt_number', sa.String(length=100), nullable=False),
    sa.Column('reported_at', instant, nullable=True),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('settled_at', instant, nullable=True),
    sa.Column('settled_by', big, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_mandatory_report_case_id_cases')),
    sa.ForeignKeyConstraint(['opened_by'], ['officer.id'], name=op.f('fk_mandatory_report_opened_by_officer')),
    sa.ForeignKeyConstraint(['settled_by'], ['officer.id'], name=op.f('fk_mandatory_report_settled_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mandatory_report'))
    )
    op.create_index('ix_mandatory_report_state', 'mandatory_report', ['state'], unique=False)
    op.create_index('ix_mandatory_report_case_id', 'mandatory_report', ['case_id'], unique=False)
    op.create_table('case_follower',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('relation', sa.String(length=60), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('phone_index', sa.String(length=64), nullable=False),
    sa.Column('query_code', sa.String(length=200), nullable=False),
    sa.Column('consent', sa.String(length=40), nullable=False),
    sa.Column('consent_note', sa.Text(), nullable=False),
    sa.Column('consent_at', instant, nullable=False),
    sa.Column('added_by', big, nullable=False),
    sa.Column('added_at', instant, nullable=False),
    sa.Column('withdrawn_at', instant, nullable=True),
    sa.Column('withdrawn_by', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['officer.id'], name=op.f('fk_case_follower_added_by_officer')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_follower_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_follower'))
    )
    op.create_index('ix_case_follower_case_id', 'case_follower', ['case_id'], unique=False)
