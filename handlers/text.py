"""Making any text safe to store and to compare, without changing what it says."""

from __future__ import annotations

import re

# What XML 1.0 or PostgreSQL text cannot hold: C0 controls except tab, newline, return; surrogates; noncharacters.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """Return ``text`` with every character that XML or PostgreSQL cannot hold replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)
