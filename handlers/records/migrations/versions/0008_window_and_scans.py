"""How far a text has gone out, the platform's notices, recorded attempts, and what a virus scanner said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parts_sent', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('parts_total', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('tried_ways', sa.String(length=60), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('vendor_ref', sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column('told_number', sa.String(length=300), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('attempt', sa.String(length=40), nullable=False, server_default=''))
        batch_op.create_index('ix_delivery_vendor_ref', ['vendor_ref'], unique=False)
    with op.batch_alter_table('citizen', schema=None) as batch_op:
        batch_op.create_index('ix_citizen_window_until', ['window_until'], unique=False)
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('scan', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('scan_note', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('scan_at', instant, nullable=True))
        batch_op.add_column(sa.Column('scan_tries', sa.Integer(), nullable=False, server_default='0'))
        batch_op.create_index('ix_attachment_sha256', ['sha256'], unique=False)
        batch_op.create_index('ix_attachment_state_scan_scan_at', ['state', 'scan', 'scan_at'], unique=False)
    op.create_table('notice_template',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('channel', sa.String(length=40), nullable=False),
    sa.Column('way', sa.String(length=40), nullable=False),
    sa.Column('template_id', sa.String(length=100), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_template'))
    )
