"""The desk: the core of a small bureau, a folder for files, the templates that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.attachments.store import AttachmentStore
from handlers.core import Core
from handlers.documents.store import Desk
from handlers.documents.templates import shipped_templates
from tests.handlers.casework.conftest import bureau, open_case, session

__all__ = ["bureau", "open_case", "session"]


@pytest.fixture
def desk(core: Core, tmp_path: Path) -> Desk:
    return Desk(core, AttachmentStore(tmp_path / "data"), shipped_templates())
