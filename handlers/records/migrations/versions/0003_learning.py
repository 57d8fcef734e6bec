"""Trained models, and the likeliest topics of a reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('understanding_model',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('made_at', handlers.records.base.Instant(timezone=True), nullable=False),
    sa.Column('promoted_at', handlers.records.base.Instant(timezone=True), nullable=True),
    sa.Column('local_examples', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('verdict', sa.String(length=500), nullable=False),
    sa.Column('weights', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_understanding_model')),
    sa.UniqueConstraint('name', name=op.f('uq_understanding_model_name'))
    )
    with op.batch_alter_table('understanding_model', schema=None) as batch_op:
        batch_op.create_index('ix_understanding_model_state', ['state'], unique=False)
    with op.batch_alter_table('label', schema=None) as batch_op:
        batch_op.add_column(sa.Column('suggested', sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
