"""What was typed is checked field by field before anything is numbered."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.documents.fill import check_values, fill_document, written_day
from handlers.documents.kinds import KINDS
from handlers.documents.templates import shipped_templates
from handlers.errors import InvalidInput
from handlers.organisation.load import shipped
from tests.handlers.documents.samples import TYPED

RECEIVED, TODAY = date(2026, 11, 20), date(2026, 11, 23)


def checked(kind: str, **changes: str) -> dict[str, str]:
    return check_values(KINDS[kind], TYPED | changes, RECEIVED, TODAY)


@pytest.mark.parametrize("code", KINDS)
def test_a_complete_form_of_every_kind_passes_and_keeps_only_its_fields(code: str) -> None:
    assert set(checked(code)) == {field.name for field in KINDS[code].fields}


@pytest.mark.parametrize("code", KINDS)
def test_every_required_field_is_asked_for_by_name(code: str) -> None:
    for field in KINDS[code].fields:
        if field.required:
            with pytest.raises(InvalidInput) as fault:
                checked(code, **{field.name: "  "})
            assert (fault.value.field, str(fault.value)) == (field.name, f"请填写{field.label}。")


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("acceptance_notice", {"day": "2026-11-24"}, "day"),
        ("acceptance_notice", {"day": "2026-11-19"}, "day"),
        ("acceptance_notice", {"day": "11月23日"}, "day"),
        ("acceptance_notice", {"day": "2026-02-30"}, "day"),
        ("acceptance_notice", {"accepted": "2026-11-20", "received": "2026-11-23"}, "accepted"),
        ("acceptance_notice", {"due": "2026-11-22"}, "due"),
        ("acceptance_notice", {"matter": "长" * 201}, "matter"),
        ("assign_letter", {"return_by": "2026-11-01"}, "return_by"),
        ("extension_notice", {"new_due": "2026-12-20"}, "new_due"),
        ("extension_notice", {"old_due": "2026-11-20"}, "old_due"),
        ("opinion", {"facts": "长" * 5001}, "facts"),
    ],
)
def test_impossible_days_and_endless_texts_are_refused(kind: str, changes: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        checked(kind, **changes)
    assert fault.value.field == field


def test_a_day_is_written_without_leading_zeros() -> None:
    assert written_day(date(2026, 3, 5)) == "2026年3月5日"


def test_a_preview_has_no_number_yet() -> None:
    kind = KINDS["acceptance_notice"]
    filled = fill_document(kind, shipped_templates()[kind.code], shipped("hohhot-2018"), "1", checked(kind.code))
    assert filled.number == "民信受告〔2026〕　　号"


def test_characters_that_no_word_file_can_hold_do_not_break_it() -> None:
    assert checked("acceptance_notice", matter="收费\x0b\x00问题")["matter"] == "收费\ufffd\ufffd问题"
