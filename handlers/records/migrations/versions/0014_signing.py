"""The way of a reply: its steps, who took each; the seal; when a case was opened again. Replies on their way go on."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    instant = handlers.records.base.Instant(timezone=True)
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.add_column(sa.Column('act', sa.String(length=40), server_default='', nullable=False))
        batch_op.add_column(sa.Column('entered', sa.Text(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('steps', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('round', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('position', sa.Integer(), server_default='-1', nullable=False))
        batch_op.add_column(sa.Column('alone', sa.Boolean(), server_default=sa.false(), nullable=False))
    # Plain ADD COLUMN: the largest table is not written anew.
    op.add_column('cases', sa.Column('reopened_at', instant, nullable=True))
    op.add_column('cases', sa.Column('step', sa.String(length=60), server_default='', nullable=False))
    op.add_column('profile_head', sa.Column('approvals', sa.JSON(), server_default='{}', nullable=False))
    with op.batch_alter_table('document', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reply_id', big, nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_document_reply_id_reply'), 'reply', ['reply_id'], ['id'])
    op.create_table('reply_step',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('reply_id', big, nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('step', sa.String(length=40), nullable=False),
    sa.Column('action', sa.String(length=40), nullable=False),
    sa.Column('officer_id', big, nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('changed', sa.Boolean(), nullable=False),
    sa.Column('alone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_reply_step_case_id_cases')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_reply_step_officer_id_officer')),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_reply_step_reply_id_reply')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_step'))
    )
    with op.batch_alter_table('reply_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_step_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_reply_step_reply_id', ['reply_id'], unique=False)
    op.create_table('seal_record',
    sa.Column('id', big, autoincrement=True, nullable=False),
    sa.Column('case_id', big, nullable=False),
    sa.Column('reply_id', big, nullable=False),
    sa.Column('document_id', big, nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('reply_sha256', sa.String(length=64), nullable=False),
    sa.Column('copies', sa.Integer(), nullable=False),
    sa.Column('officer_id', big, nullable=False),
    sa.Column('at', instant, nullable=False),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_seal_record_case_id_cases')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_seal_record_document_id_document')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_seal_record_officer_id_officer')),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_seal_record_reply_id_reply')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seal_record')),
    sa.UniqueConstraint('document_id', name=op.f('uq_seal_record_document_id'))
    )
    with op.batch_alter_table('seal_record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seal_record_case_id'), ['case_id'], unique=False)
    _on_their_way()
    op.execute(
        "UPDATE cases SET reopened_at = (SELECT MAX(at) FROM case_event WHERE case_event.case_id = cases.id"
        " AND case_event.action IN ('reopen', 'citizen_reopen'))"
        " WHERE id IN (SELECT case_id FROM case_event WHERE action IN ('reopen', 'citizen_reopen'))"
    )


def _on_their_way() -> None:
    """A reply that a head was reading waits for the head still; one that was passed on waits for the office.

    Where the section has no head, or the head wrote it, the office reads it: nobody issues their own.
    """
    connection, text = op.get_bind(), sa.text
    # Only the newest open reply of a case is the one under way.
    under_way = (
        "SELECT r.id, r.case_id, r.text, r.drafted_by, r.drafted_at, r.reviewed_by, r.reviewed_at, c.state,"
        " c.section_code, c.supervised FROM reply r JOIN cases c ON c.id = r.case_id WHERE r.state = 'in_review'"
        " AND r.purpose = 'answer' AND c.state IN ('in_review', 'to_issue')"
    )
    rows = connection.execute(text(under_way).columns(drafted_at=_instant(), reviewed_at=_instant())).mappings().all()
    heads = connection.execute(text("SELECT id, section_code FROM officer WHERE role = 'head' AND disabled = :no"),
                               {"no": False}).all()
    step = sa.table('reply_step', *(sa.column(name) for name in (
        'case_id', 'reply_id', 'round', 'position', 'step', 'action', 'officer_id', 'note', 'text', 'sha256',
        'changed', 'alone')), sa.column('at', _instant()))
    reply = sa.table('reply', sa.column('id'), sa.column('steps', sa.JSON()), sa.column('round'), sa.column('position'))
    cases = sa.table('cases', sa.column('id'), sa.column('step'))
    for row in rows:
        head = any(section == row['section_code'] and ident != row['drafted_by'] for ident, section in heads)
        first = 'head' if head else 'office'
        passed = row['state'] == 'to_issue'
        steps = [first, 'office' if first == 'head' else 'leader'] if passed or row['supervised'] else [first]
        position = 1 if passed else 0
        fixed = {'case_id': row['case_id'], 'reply_id': row['id'], 'round': 1, 'note': '', 'text': row['text'],
                 'sha256': _sha256(row['text']), 'changed': False, 'alone': False}
        acts = [fixed | {'position': -1, 'step': '', 'action': 'draft', 'officer_id': row['drafted_by'],
                         'at': row['drafted_at']}]
        if passed and row['reviewed_by']:
            acts.append(fixed | {'position': 0, 'step': first, 'action': 'approve', 'officer_id': row['reviewed_by'],
                                 'at': row['reviewed_at']})
        connection.execute(sa.insert(step), acts)
        connection.execute(sa.update(reply).where(reply.c.id == row['id']).values(
            steps=steps, round=1, position=position))
        connection.execute(sa.update(cases).where(cases.c.id == row['case_id']).values(step=steps[position]))


def _instant() -> handlers.records.base.Instant:
    return handlers.records.base.Instant(timezone=True)


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
