"""What a follower may be told of by themselves, and where: only with a consent that says so; nobody's did before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    with op.batch_alter_table('case_follower', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notices', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('citizen_id', big, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f('fk_case_follower_citizen_id_citizen'), 'citizen', ['citizen_id'], ['id']
        )
        batch_op.create_index(batch_op.f('ix_case_follower_citizen_id'), ['citizen_id'], unique=False)
    with op.batch_alter_table('case_follower', schema=None) as batch_op:
        batch_op.alter_column('notices', server_default=None)
