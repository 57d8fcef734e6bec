"""How long each kind of data is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Periods:
    """Retention periods in days, from the settings.

    ``raw_days``: bodies as received, after which only the text is left. ``contact_days``: names, telephones, addresses,
    identity numbers, counted from the case's end. ``attachments_days``: files, from the case's end. ``closed_days``:
    everything personal in an ended case, after which only numbers, labels, dates and the history remain.
    ``sessions_days``: staff sign-ins that have ended. ``strangers_days``: senders without any case.
    """

    raw_days: int = 180
    contact_days: int = 1095
    attachments_days: int = 1095
    closed_days: int = 3650
    sessions_days: int = 90
    strangers_days: int = 1095
