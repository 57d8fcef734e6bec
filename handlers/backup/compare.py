"""Whether two databases hold the same: every table's count and hash side by side."""

from __future__ import annotations

from handlers.backup.rows import digests
from handlers.records.database import Database
from handlers.records.migrate import current_revision


def compare(one: Database, other: Database) -> list[str]:
    """Return the differences in words; an empty list means that every row is equal."""
    revisions = current_revision(one), current_revision(other)
    if revisions[0] != revisions[1]:
        return [f"schema: {revisions[0] or 'none'} here, {revisions[1] or 'none'} there"]
    ours, theirs = digests(one), digests(other)
    differences = []
    for name, mine in ours.items():
        if mine.rows != theirs[name].rows:
            differences.append(f"{name}: {mine.rows} rows here, {theirs[name].rows} there")
        elif mine != theirs[name]:
            differences.append(f"{name}: {mine.rows} rows each, but not the same")
    return differences
