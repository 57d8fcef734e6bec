"""The tracks of a case, the consents asked for, the opinions of others, clocks taken over from a merged case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    op.create_table('case_track',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('track', sa.String(length=40), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('stage', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('evidence', sa.String(length=300), nullable=False),
    sa.Column('since', instant, nullable=True),
    sa.Column('confirmed_on', sa.Date(), nullable=True),
    sa.Column('corrected', sa.Boolean(), nullable=False),
    sa.Column('proposed_at', instant, nullable=False),
    sa.Column('decided_at', instant, nullable=True),
    sa.Column('decided_by', big, nullable=True),
    sa.Column('ended_at', instant, nullable=True),
    sa.Column('ended_why', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_track_case_id_cases')),
    sa.ForeignKeyConstraint(['decided_by'], ['officer.id'], name=op.f('fk_case_track_decided_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_track'))
    )
    with op.batch_alter_table('case_track', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_track_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_track_state'), ['state'], unique=False)

    op.create_table('consent',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('clock_id', big, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('units', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('approver', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('asked_at', instant, nullable=False),
    sa.Column('asked_by', big, nullable=False),
    sa.Column('decided_at', instant, nullable=True),
    sa.Column('decided_by', big, nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['officer.id'], name=op.f('fk_consent_asked_by_officer')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_consent_case_id_cases')),
    sa.ForeignKeyConstraint(['clock_id'], ['clock.id'], name=op.f('fk_consent_clock_id_clock')),
    sa.ForeignKeyConstraint(['decided_by'], ['officer.id'], name=op.f('fk_consent_decided_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent'))
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consent_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_consent_state_approver', ['state', 'approver'], unique=False)

    op.create_table('party_inquiry',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('proof', sa.Text(), nullable=False),
    sa.Column('sent_on', sa.Date(), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=True),
    sa.Column('clock_id', big, nullable=True),
    sa.Column('answer', sa.String(length=40), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('created_at', instant, nullable=False),
    sa.Column('created_by', big, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_party_inquiry_case_id_cases')),
    sa.ForeignKeyConstraint(['clock_id'], ['clock.id'], name=op.f('fk_party_inquiry_clock_id_clock')),
    sa.ForeignKeyConstraint(['created_by'], ['officer.id'], name=op.f('fk_party_inquiry_created_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_inquiry'))
    )
    with op.batch_alter_table('party_inquiry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_party_inquiry_answer'), ['answer'], unique=False)
        batch_op.create_index(batch_op.f('ix_party_inquiry_case_id'), ['case_id'], unique=False)

    with op.batch_alter_table('clock', schema=None) as batch_op:
        batch_op.add_column(sa.Column('adopted_from', big, nullable=True))
    # What was decided before there were rows for it.
    op.execute(
        "INSERT INTO case_track (case_id, track, form, purpose, state, stage, reason, evidence, corrected, proposed_at,"
        " ended_why) SELECT id, track, "
        " CASE WHEN track = 'petition' AND source = 'petition_system' THEN 'transferred'"
        " WHEN track = 'petition' THEN 'received' WHEN track = 'information_request' THEN 'online' ELSE '' END,"
        " '', 'open', CASE WHEN track = 'information_request' THEN 'awaiting' ELSE '' END, track_reason, '', false, opened_at, '' FROM cases"
        " WHERE track <> 'general'"
    )
