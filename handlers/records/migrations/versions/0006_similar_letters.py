"""What letters are found and compared by, and which were found alike."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    op.create_table('message_sketch',
    sa.Column('message_id', big, autoincrement=False, nullable=False),
    sa.Column('scheme', sa.Integer(), nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.Column('features', sa.LargeBinary(), nullable=False),
    sa.Column('compared', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_sketch_message_id_message')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_message_sketch'))
    )
    with op.batch_alter_table('message_sketch', schema=None) as batch_op:
        batch_op.create_index('ix_message_sketch_compared_message_id', ['compared', 'message_id'], unique=False)
        batch_op.create_index('ix_message_sketch_at', ['at'], unique=False)
    op.create_table('sketch_key',
    sa.Column('key', big, autoincrement=False, nullable=False),
    sa.Column('message_id', big, autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('key', 'message_id', name=op.f('pk_sketch_key')),
    sqlite_with_rowid=False
    )
    op.create_table('similar_pair',
    sa.Column('message_id', big, autoincrement=False, nullable=False),
    sa.Column('other_id', big, autoincrement=False, nullable=False),
    sa.Column('likeness', sa.Float(), nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.PrimaryKeyConstraint('message_id', 'other_id', name=op.f('pk_similar_pair')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_similar_pair_at', 'similar_pair', ['at'], unique=False)
