"""Who looks or writes now, opinions asked of sections, one person on several channels, many people with one matter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    op.create_table('matter_group',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('section_code', sa.String(length=40), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('result', sa.String(length=40), nullable=False),
    sa.Column('decided_by', big, nullable=True),
    sa.Column('decided_at', instant, nullable=True),
    sa.Column('made_by', big, nullable=False),
    sa.Column('made_at', instant, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['officer.id'], name=op.f('fk_matter_group_decided_by_officer')),
    sa.ForeignKeyConstraint(['made_by'], ['officer.id'], name=op.f('fk_matter_group_made_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_matter_group'))
    )
    op.create_table('person_code',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('other_case_id', big, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('made_by', big, nullable=False),
    sa.Column('made_at', instant, nullable=False),
    sa.Column('expires_at', instant, nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', instant, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_person_code_case_id_cases')),
    sa.ForeignKeyConstraint(['made_by'], ['officer.id'], name=op.f('fk_person_code_made_by_officer')),
    sa.ForeignKeyConstraint(['other_case_id'], ['cases.id'], name=op.f('fk_person_code_other_case_id_cases')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_code'))
    )
    with op.batch_alter_table('person_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_code_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_code_other_case_id'), ['other_case_id'], unique=False)

    op.create_table('person_link',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('one_id', big, nullable=False),
    sa.Column('other_id', big, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('other_case_id', big, nullable=False),
    sa.Column('how', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=600), nullable=False),
    sa.Column('made_by', big, nullable=False),
    sa.Column('made_at', instant, nullable=False),
    sa.Column('undone_by', big, nullable=True),
    sa.Column('undone_at', instant, nullable=True),
    sa.Column('undone_why', sa.String(length=600), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_person_link_case_id_cases')),
    sa.ForeignKeyConstraint(['made_by'], ['officer.id'], name=op.f('fk_person_link_made_by_officer')),
    sa.ForeignKeyConstraint(['other_case_id'], ['cases.id'], name=op.f('fk_person_link_other_case_id_cases')),
    sa.ForeignKeyConstraint(['undone_by'], ['officer.id'], name=op.f('fk_person_link_undone_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_link'))
    )
    with op.batch_alter_table('person_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_link_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_link_one_id'), ['one_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_link_other_case_id'), ['other_case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_link_other_id'), ['other_id'], unique=False)

    op.create_table('presence',
    sa.Column('case_id', big, autoincrement=False, nullable=False),
    sa.Column('officer_id', big, autoincrement=False, nullable=False),
    sa.Column('doing', sa.String(length=40), nullable=False),
    sa.Column('since', instant, nullable=False),
    sa.Column('until', instant, nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_presence_case_id_cases')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_presence_officer_id_officer')),
    sa.PrimaryKeyConstraint('case_id', 'officer_id', name=op.f('pk_presence'))
    )
    with op.batch_alter_table('presence', schema=None) as batch_op:
        batch_op.create_index('ix_presence_until', ['until'], unique=False)

    op.create_table('group_member',
    sa.Column('case_id', big, autoincrement=False, nullable=False),
    sa.Column('group_id', big, nullable=False),
    sa.Column('representative', sa.Boolean(), nullable=False),
    sa.Column('reply_id', big, nullable=True),
    sa.Column('added_by', big, nullable=False),
    sa.Column('added_at', instant, nullable=False),
    sa.ForeignKeyConstraint(['added_by'], ['officer.id'], name=op.f('fk_group_member_added_by_officer')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_group_member_case_id_cases')),
    sa.ForeignKeyConstraint(['group_id'], ['matter_group.id'], name=op.f('fk_group_member_group_id_matter_group')),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_group_member_reply_id_reply')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_group_member'))
    )
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_member_group_id'), ['group_id'], unique=False)

    op.create_table('opinion_request',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('section_code', sa.String(length=40), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('asked_by', big, nullable=False),
    sa.Column('asked_at', instant, nullable=False),
    sa.Column('due_at', instant, nullable=False),
    sa.Column('next_at', instant, nullable=True),
    sa.Column('warned', sa.Integer(), nullable=False),
    sa.Column('note_id', big, nullable=True),
    sa.Column('ended_at', instant, nullable=True),
    sa.ForeignKeyConstraint(['asked_by'], ['officer.id'], name=op.f('fk_opinion_request_asked_by_officer')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_opinion_request_case_id_cases')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_opinion_request_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opinion_request'))
    )
    with op.batch_alter_table('opinion_request', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_opinion_request_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_opinion_request_state_next_at', ['state', 'next_at'], unique=False)
