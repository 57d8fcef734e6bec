"""What is internal cannot be delivered: what queues a text for somebody outside knows no table of internal words."""

from __future__ import annotations

import ast
from pathlib import Path

from handlers.records import Delivery, DraftVersion, Note, ReplyFinding, SavedReply

ROOT = Path(__file__).parents[2]
#: Names that put a text on its way to the citizen.
SENDING = frozenset({"queue", "queue_reply", "tell", "send_out"})
INTERNAL = frozenset({"Note", "DraftVersion", "ReplyFinding", "SavedReply"})


def _imported(path: Path) -> dict[str, str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.name: str(node.module) for node in found for alias in node.names}


def test_no_module_that_sends_to_citizens_knows_internal_words() -> None:
    sending = {}
    for path in [*(ROOT / "handlers" / "casework").glob("*.py"), *(ROOT / "handlers" / "delivery").glob("*.py")]:
        names = _imported(path)
        if any(names.get(name, "").startswith(("handlers.delivery", "handlers.casework")) for name in SENDING):
            sending[path.name] = names.keys() & INTERNAL
    assert "issue.py" in sending and "post.py" in sending  # the test looks at the right places
    assert not [name for name, internal in sending.items() if internal], sending


def test_a_delivery_hangs_on_a_reply_and_on_nothing_internal() -> None:
    targets = {key.column.table.name for key in Delivery.__table__.foreign_keys}
    internal = {table.__tablename__ for table in (Note, DraftVersion, ReplyFinding, SavedReply)}
    assert "reply" in targets and not targets & internal
