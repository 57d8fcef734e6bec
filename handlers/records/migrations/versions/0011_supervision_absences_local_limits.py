"""Supervision slips with their own answer time, weekly lists, absences with stand-ins, local overrides of limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

import handlers.records.base

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_INSTANT = handlers.records.base.Instant(timezone=True)
_SHANGHAI_AHEAD = timedelta(hours=8)


def upgrade() -> None:
    _limits()
    _absences()
    _slips()


def _limits() -> None:
    op.create_table('limit_override',
    sa.Column('id', _BIG, autoincrement=True, nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('length', sa.Integer(), nullable=True),
    sa.Column('extension', sa.Integer(), nullable=True),
    sa.Column('approver', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('why', sa.String(length=300), nullable=False),
    sa.Column('officer_id', _BIG, nullable=True),
    sa.Column('at', _INSTANT, nullable=False),
    sa.Column('undone_at', _INSTANT, nullable=True),
    sa.Column('undone_by', _BIG, nullable=True),
    sa.Column('undone_why', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_limit_override_officer_id_officer')),
    sa.ForeignKeyConstraint(['undone_by'], ['officer.id'], name=op.f('fk_limit_override_undone_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_limit_override'))
    )
    op.create_index(op.f('ix_limit_override_rule'), 'limit_override', ['rule'], unique=False)


def _absences() -> None:
    absence = op.create_table('absence',
    sa.Column('id', _BIG, autoincrement=True, nullable=False),
    sa.Column('officer_id', _BIG, nullable=False),
    sa.Column('stand_in_id', _BIG, nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('also', sa.Boolean(), nullable=False),
    sa.Column('why', sa.String(length=100), nullable=False),
    sa.Column('made_at', _INSTANT, nullable=False),
    sa.Column('made_by', _BIG, nullable=False),
    sa.Column('ended_at', _INSTANT, nullable=True),
    sa.Column('ended_by', _BIG, nullable=True),
    sa.ForeignKeyConstraint(['ended_by'], ['officer.id'], name=op.f('fk_absence_ended_by_officer')),
    sa.ForeignKeyConstraint(['made_by'], ['officer.id'], name=op.f('fk_absence_made_by_officer')),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_absence_officer_id_officer')),
    sa.ForeignKeyConstraint(['stand_in_id'], ['officer.id'], name=op.f('fk_absence_stand_in_id_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence'))
    )
    op.create_index(op.f('ix_absence_officer_id'), 'absence', ['officer_id'], unique=False)
    op.create_index('ix_absence_last_day', 'absence', ['last_day'], unique=False)
    _move_absences(absence)
    with op.batch_alter_table('officer', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_officer_stand_in_id_officer'), type_='foreignkey')
        batch_op.drop_column('stand_in_id')
        batch_op.drop_column('away_until')


def _move_absences(absence: sa.Table) -> None:
    """What stood on the officer's row becomes a period that began when nobody knows: with the account."""
    officer = sa.table('officer', sa.column('id'), sa.column('away_until', _INSTANT), sa.column('stand_in_id'),
                       sa.column('created_at', _INSTANT))
    away = sa.select(officer).where(officer.c.away_until.is_not(None), officer.c.stand_in_id.is_not(None))
    rows: list[dict[str, Any]] = [
        {
            'officer_id': row.id, 'stand_in_id': row.stand_in_id, 'also': False, 'why': '', 'made_by': row.id,
            'made_at': row.created_at, 'first_day': (row.created_at + _SHANGHAI_AHEAD).date(),
            'last_day': (row.away_until + _SHANGHAI_AHEAD).date(),
        }
        for row in op.get_bind().execute(away)
    ]
    if rows:
        op.bulk_insert(absence, rows)


def _slips() -> None:
    op.create_table('supervision_slip',
    sa.Column('id', _BIG, autoincrement=True, nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('case_id', _BIG, nullable=False),
    sa.Column('clock_id', _BIG, nullable=True),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('section_code', sa.String(length=40), nullable=False),
    sa.Column('demand', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('raised_at', _INSTANT, nullable=False),
    sa.Column('raised_by', _BIG, nullable=True),
    sa.Column('asked_at', _INSTANT, nullable=False),
    sa.Column('due_at', _INSTANT, nullable=False),
    sa.Column('returns', sa.Integer(), nullable=False),
    sa.Column('answered_at', _INSTANT, nullable=True),
    sa.Column('settled_at', _INSTANT, nullable=True),
    sa.Column('noticed_at', _INSTANT, nullable=True),
    sa.Column('document_id', _BIG, nullable=True),
    sa.Column('next_at', _INSTANT, nullable=True),
    sa.Column('next_step', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_supervision_slip_case_id_cases')),
    sa.ForeignKeyConstraint(['clock_id'], ['clock.id'], name=op.f('fk_supervision_slip_clock_id_clock')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_supervision_slip_document_id_document')),
    sa.ForeignKeyConstraint(['raised_by'], ['officer.id'], name=op.f('fk_supervision_slip_raised_by_officer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision_slip')),
    sa.UniqueConstraint('year', 'serial', name=op.f('uq_supervision_slip_year_serial'))
    )
    op.create_index(op.f('ix_supervision_slip_case_id'), 'supervision_slip', ['case_id'], unique=False)
    op.create_index('ix_supervision_slip_state_next_at', 'supervision_slip', ['state', 'next_at'], unique=False)
    op.create_table('slip_turn',
    sa.Column('id', _BIG, autoincrement=True, nullable=False),
    sa.Column('slip_id', _BIG, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('measures', sa.Text(), nullable=False),
    sa.Column('officer_id', _BIG, nullable=False),
    sa.Column('at', _INSTANT, nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['officer.id'], name=op.f('fk_slip_turn_officer_id_officer')),
    sa.ForeignKeyConstraint(['slip_id'], ['supervision_slip.id'], name=op.f('fk_slip_turn_slip_id_supervision_slip')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slip_turn'))
    )
    op.create_index(op.f('ix_slip_turn_slip_id'), 'slip_turn', ['slip_id'], unique=False)
    op.create_table('weekly_list',
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('made_at', _INSTANT, nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.Column('slips', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('week', name=op.f('pk_weekly_list'))
    )
