"""The gate lets only Chinese through to the rules."""

from __future__ import annotations

import pytest

from handlers.understanding.rules import RulesUnderstanding
from handlers.understanding.script import Script, script_of

MONGOLIAN = "ᠰᠠᠢᠨ ᠪᠠᠢᠨ᠎ᠠ ᠤᠤ"
CYRILLIC = "Сайн байна уу, өндөр насны тэтгэмж"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("", Script.NOTHING),
        (" \n\t", Script.NOTHING),
        ("？！。。。", Script.NOTHING),
        ("😀👍🏽❤️", Script.NOTHING),
        ("12345", Script.NOTHING),
        (MONGOLIAN, Script.MONGOLIAN),
        (CYRILLIC, Script.CYRILLIC),
        (f"{MONGOLIAN} 民政局", Script.MONGOLIAN),
        ("How do I register a marriage?", Script.OTHER),
        ("결혼 등록", Script.OTHER),
        ("嗯", Script.CHINESE),
        ("请问WiFi和App怎么用", Script.CHINESE),
        (f"请问这封蒙古文的信是写给哪个科室的，我看不懂，麻烦转一下 {MONGOLIAN}", Script.MIXED),
        ("hello 你好 I want to ask about 低保 please", Script.OTHER),
    ],
)
def test_the_writing_of_a_text_is_told(text: str, script: Script) -> None:
    assert script_of(text) is script


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "……", MONGOLIAN, CYRILLIC, "Good morning", "\x00\ud800"])
def test_what_cannot_be_read_has_no_labels_and_goes_to_a_person(text: str) -> None:
    labels = RulesUnderstanding().read(text)
    assert (labels.kind, labels.topic, labels.topic_2, labels.sentiment, labels.urgent) == (None,) * 5
    assert labels.needs_person and not labels.confidence


def test_a_mixed_text_is_read_but_never_routed_without_a_person() -> None:
    text = f"请问低保怎么申请，需要什么材料？我母亲只会写蒙古文，这是她写的 {MONGOLIAN}"
    labels = RulesUnderstanding().read(text)
    assert labels.topic == "social_assistance" and labels.needs_person
