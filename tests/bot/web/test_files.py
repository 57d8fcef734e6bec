"""附件 on the console: looked at without risk, taken away by the right people only, originals recorded."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from bot.clamd import Clamd
from bot.web.app import create_app
from handlers.accounts.roles import Role
from handlers.attachments.scan import scan_due
from handlers.attachments.staff import add_file
from handlers.records import Attachment, Case, CaseEvent
from handlers.understanding.rules import RulesUnderstanding
from tests.bot.web.house import House, build_house, sign_in, token_of
from tests.bot.web.test_casework import PENSION, page_of, press
from tests.peers.clamd import clamd
from tests.web_client import TestClient

SECRET = b"Huawei-P40-at-40.84N"
PDF = b"%PDF-1.4\n" + b"words " * 50


def photograph() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    out = io.BytesIO()
    Image.new("RGB", (1000, 500), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


@dataclass
class Desk:
    house: House
    number: str
    li: TestClient
    other: TestClient

    def add(self, data: bytes, name: str) -> str:
        core, files = self.house.services.core, self.house.services.files
        with core.database.write() as session:
            case = session.scalars(select(Case).where(Case.number == self.number)).one()
            ident = add_file(session, files, case.id, data, name, self.house.clock()).id
        return f"/console/cases/{self.number}/files/{ident}"

    def actions(self) -> list[str]:
        with self.house.services.core.database.read() as session:
            return list(session.scalars(select(CaseEvent.action)))


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    house = build_house(tmp_path, understanding=RulesUnderstanding())
    house.services.files.scanned_only = bool(getattr(request, "param", False))
    house.officer("li")
    house.officer("other", Role.OFFICER, "finance")
    app = create_app(house.services)
    with TestClient(app) as li, TestClient(app) as other:
        sign_in(li, "li")
        sign_in(other, "other")
        yield Desk(house, house.write(PENSION), li, other)


def test_a_picture_is_shown_without_camera_and_place_and_its_original_is_recorded(desk: Desk) -> None:
    at = desk.add(photograph(), "门牌.jpg")
    for address in (at, f"{at}/preview", f"{at}/preview?size=small"):
        answer = desk.li.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert SECRET not in answer.content
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "file_original" not in desk.actions()
    original = desk.li.get(f"{at}?original=1")
    assert SECRET in original.content
    assert original.headers["content-disposition"].startswith("attachment")
    assert desk.actions().count("file_original") == 1


def test_a_picture_stands_small_on_the_page_of_the_unit_that_sent_it(desk: Desk) -> None:
    press(desk.li, desk.number, "claim")
    press(desk.li, desk.number, "assign_down", unit=desk.house.services.profile().units[0].code, demand="核实")
    page = page_of(desk.li, desk.number)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version and 'enctype="multipart/form-data"' in page
    sent = desk.li.post(
        f"/console/cases/{desk.number}/unit_result",
        data={"csrf": token_of(page), "version": version.group(1), "text": "已核实，材料见附件"},
        files=[("file", ("现场.jpg", photograph(), "image/jpeg")), ("file", ("说明.pdf", PDF, "text/html"))],
        follow_redirects=False,
    )
    assert sent.status_code == 303
    page = page_of(desk.li, desk.number)
    assert "现场.jpg" in page and "说明.pdf" in page and "?size=small" in page
    with desk.house.services.core.database.read() as session:
        files = session.scalars(select(Attachment)).all()
        assert {file.content_type for file in files} == {"image/jpeg", "application/pdf"}, "typed by what they hold"
        assert all(file.referral_id and file.sha256 for file in files)


def test_a_units_file_that_is_not_allowed_undoes_the_whole_result(desk: Desk) -> None:
    press(desk.li, desk.number, "claim")
    press(desk.li, desk.number, "assign_down", unit=desk.house.services.profile().units[0].code, demand="核实")
    page = page_of(desk.li, desk.number)
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    refused = desk.li.post(
        f"/console/cases/{desk.number}/unit_result",
        data={"csrf": token_of(page), "version": version.group(1), "text": "已核实"},
        files=[("file", ("tool.exe", b"MZ" + bytes(200), "image/jpeg"))],
    )
    assert refused.status_code == 422 and "不能接收这种文件" in refused.text and "已核实" in refused.text
    assert "unit_result" not in desk.actions()


@pytest.mark.parametrize(
    ("data", "name", "way", "policy"),
    [
        (PDF, "证明.pdf", "inline", "object-src 'self'"),
        (b"=cmd|calc\n" * 9, "笔记.txt", "attachment", "sandbox"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30), "话.wav", "inline", "media-src 'self'"),
    ],
)
def test_every_other_file_is_handed_out_so_that_it_can_do_nothing(
    desk: Desk, data: bytes, name: str, way: str, policy: str
) -> None:
    answer = desk.li.get(desk.add(data, name))
    assert answer.content == data
    assert answer.headers["content-disposition"].startswith(way)
    assert policy in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert desk.li.get(desk.add(data, name) + "/preview").status_code == 404


def test_nobody_without_the_case_gets_a_file_or_its_preview(desk: Desk) -> None:
    at = desk.add(photograph(), "门牌.jpg")
    for address in (at, f"{at}/preview", f"{at}?original=1"):
        assert desk.other.get(address).status_code == 404
    assert "file_original" not in desk.actions()
    other_case = desk.house.write(PENSION, sender="o-two")
    ident = at.rpartition("/")[2]
    assert desk.li.get(f"/console/cases/{other_case}/files/{ident}").status_code == 404


@pytest.mark.parametrize("desk", [True], indirect=True)
def test_with_a_scanner_a_file_waits_for_its_verdict_and_what_is_found_is_never_handed_out(desk: Desk) -> None:
    clean, evil, seen = desk.add(PDF, "证明.pdf"), desk.add(PDF + b"EVIL", "账单.pdf"), desk.add(photograph(), "照.jpg")
    page = page_of(desk.li, desk.number)
    assert page.count("还没有查毒") == 0, "the case's own files stand where they belong only"
    assert desk.li.get(clean).status_code == desk.li.get(evil).status_code == desk.li.get(seen).status_code == 404
    assert desk.li.get(f"{seen}/preview").status_code == 200, "a picture made anew carries nothing"
    core, files = desk.house.services.core, desk.house.services.files
    with clamd() as scans:
        scan_due(core, files, Clamd(scans.address), desk.house.clock)
    assert desk.li.get(clean).status_code == desk.li.get(seen).status_code == 200
    refused = desk.li.get(evil)
    assert refused.status_code == 404 and "已隔离" in refused.text
    assert "有附件查出病毒，已隔离" in page_of(desk.li, desk.number)
