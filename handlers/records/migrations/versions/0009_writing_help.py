"""What drafts leave beside them, what the check pointed out, saved replies, the bureau's own words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    op.create_table('bureau_word',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('word', sa.String(length=40), nullable=False),
    sa.Column('instead', sa.String(length=60), nullable=False),
    sa.Column('used', sa.Boolean(), nullable=False),
    sa.Column('changed_by', big, nullable=False),
    sa.Column('changed_at', instant, nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['officer.id'], name=op.f('fk_bureau_word_changed_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bureau_word')),
    sa.UniqueConstraint('word', name=op.f('uq_bureau_word_word'))
    )
    op.create_table('saved_reply',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('section_code', sa.String(length=40), nullable=False),
    sa.Column('owner_id', big, nullable=True),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.Column('changed_at', instant, nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['officer.id'], name=op.f('fk_saved_reply_owner_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_reply'))
    )
    with op.batch_alter_table('saved_reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_saved_reply_owner_id'), ['owner_id'], unique=False)
        batch_op.create_index('ix_saved_reply_section_code', ['section_code'], unique=False)

    op.create_table('draft_version',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('officer_id', big, nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.Column('settled_by', big, nullable=True),
    sa.Column('settled_at', instant, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_draft_version_case_id_cases')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_draft_version_officer_id_officer')),
    sa.ForeignKeyConstraint(['settled_by'], ['officer.id'], name=op.f('fk_draft_version_settled_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draft_version'))
    )
    with op.batch_alter_table('draft_version', schema=None) as batch_op:
        batch_op.create_index('ix_draft_version_case_id_state', ['case_id', 'state'], unique=False)

    op.create_table('saved_reply_version',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('saved_id', big, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_by', big, nullable=False),
    sa.Column('written_at', instant, nullable=False),
    sa.ForeignKeyConstraint(['saved_id'], ['saved_reply.id'], name=op.f('fk_saved_reply_version_saved_id_saved_reply')),
    sa.ForeignKeyConstraint(['written_by'], ['officer.id'], name=op.f('fk_saved_reply_version_written_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_reply_version')),
    sa.UniqueConstraint('saved_id', 'version', name=op.f('uq_saved_reply_version_saved_id_version'))
    )
    op.create_table('reply_finding',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('reply_id', big, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=40), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('shown_at', instant, nullable=False),
    sa.Column('decided_by', big, nullable=True),
    sa.Column('decided_at', instant, nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_reply_finding_case_id_cases')),
    sa.ForeignKeyConstraint(['decided_by'], ['officer.id'], name=op.f('fk_reply_finding_decided_by_officer')),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_reply_finding_reply_id_reply')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_finding'))
    )
    with op.batch_alter_table('reply_finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_finding_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_reply_finding_reply_id', ['reply_id'], unique=False)

    # A plain ADD COLUMN on both databases; of earlier answers only the whole letter is kept.
    op.add_column('reply', sa.Column('body', sa.Text(), server_default='', nullable=False))
