"""The portal's addresses as texts to citizens name them."""

from __future__ import annotations

from handlers.core import Core


def progress_link(core: Core) -> str:
    """The portal's page where progress is looked up ("" while no public address is set)."""
    return f"{core.policy.base_url}/progress" if core.policy.base_url else ""
