"""Where the daily anchors of the chain of events lie, for the job, the command and the page alike."""

from __future__ import annotations

from pathlib import Path

from bot.settings import Settings
from handlers.records.anchors import FOLDER


def anchor_folder(settings: Settings) -> Path:
    """The folder as set, best on another machine than the database; else beside the other data."""
    return Path(settings.anchor_dir) if settings.anchor_dir else settings.data_dir / FOLDER
