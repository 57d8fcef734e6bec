"""An understanding is chosen by name; nothing heavy is loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
import warnings

import pytest

from handlers.errors import SettingFault
from handlers.understanding.factory import build


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingFault, match="rules, snownlp"):
        build("oracle")


def test_nothing_heavy_is_loaded_at_import() -> None:
    told = "import sys, handlers.understanding.factory as f; f.build('snownlp'); print('snownlp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_snownlp_baseline_reads_and_is_not_broken_by_an_empty_text() -> None:
    baseline = build("snownlp")
    assert baseline.read("").sentiment is None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own
        labels = baseline.read("服务很好，非常满意")
    assert labels.sentiment in {"negative", "neutral", "positive"} and labels.kind == "praise"
    assert labels.model.startswith("snownlp")
