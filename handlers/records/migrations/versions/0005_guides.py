"""Service guides, their versions, and which one a case was sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    op.create_table('guide',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('in_force_id', big, nullable=True),
    sa.Column('made_at', instant, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guide')),
    sa.UniqueConstraint('code', name=op.f('uq_guide_code'))
    )
    op.create_table('guide_version',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('guide_id', big, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('item', sa.String(length=60), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.Column('editors', sa.JSON(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('written_at', instant, nullable=False),
    sa.Column('approved_by', big, nullable=True),
    sa.Column('approved_at', instant, nullable=True),
    sa.Column('ended_by', big, nullable=True),
    sa.Column('ended_at', instant, nullable=True),
    sa.Column('ended_why', sa.String(length=300), nullable=False),
    sa.Column('changed_at', instant, nullable=False),
    sa.ForeignKeyConstraint(['approved_by'], ['officer.id'], name=op.f('fk_guide_version_approved_by_officer')),
    sa.ForeignKeyConstraint(['ended_by'], ['officer.id'], name=op.f('fk_guide_version_ended_by_officer')),
    sa.ForeignKeyConstraint(['guide_id'], ['guide.id'], name=op.f('fk_guide_version_guide_id_guide')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guide_version')),
    sa.UniqueConstraint('guide_id', 'version', name=op.f('uq_guide_version_guide_id_version'))
    )
    with op.batch_alter_table('guide_version', schema=None) as batch_op:
        batch_op.create_index('ix_guide_version_state', ['state'], unique=False)

    op.create_table('guide_answer',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('version_id', big, nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('sent_at', instant, nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('outcome_at', instant, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_guide_answer_case_id_cases')),
    sa.ForeignKeyConstraint(['version_id'], ['guide_version.id'], name=op.f('fk_guide_answer_version_id_guide_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guide_answer')),
    sa.UniqueConstraint('case_id', name=op.f('uq_guide_answer_case_id'))
    )
    # A plain ADD COLUMN on both databases; existing cases were sent no guide.
    op.add_column('cases', sa.Column('guide_code', sa.String(length=40), nullable=False, server_default=''))
