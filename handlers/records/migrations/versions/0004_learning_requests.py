"""Trainings that an admin asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('learning_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('asked_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('asked_at', handlers.records.base.Instant(timezone=True), nullable=False),
    sa.Column('started_at', handlers.records.base.Instant(timezone=True), nullable=True),
    sa.Column('ended_at', handlers.records.base.Instant(timezone=True), nullable=True),
    sa.Column('promoted', sa.Boolean(), nullable=False),
    sa.Column('model', sa.String(length=100), nullable=False),
    sa.Column('verdict', sa.String(length=500), nullable=False),
    sa.Column('error', sa.String(length=100), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['officer.id'], name=op.f('fk_learning_request_asked_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_request'))
    )
    with op.batch_alter_table('learning_request', schema=None) as batch_op:
        batch_op.create_index('ix_learning_request_state', ['state'], unique=False)
