"""Every document as LibreOffice lays it out: it opens, and takes as few pages as it should. Skipped without it."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from handlers.documents.fill import fill_document
from handlers.documents.kinds import KINDS
from handlers.documents.layout import to_docx
from handlers.documents.templates import shipped_templates
from handlers.organisation.load import shipped
from tests.handlers.documents.samples import TYPED

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
FORMS = {"supervision_slip", "service_receipt"}


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice: the documents' structure is tested without it")
def test_every_document_opens_and_takes_few_pages(tmp_path: Path, now: datetime) -> None:
    templates, profile = shipped_templates(), shipped("hohhot-2018")
    for code, kind in KINDS.items():
        filled = fill_document(kind, templates[code], profile, "20261123-0007", TYPED, "民〔2026〕1号")
        (tmp_path / f"{code}.docx").write_bytes(to_docx(filled, now))
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    files = [f"{code}.docx" for code in KINDS]
    subprocess.run([*command, *files], cwd=tmp_path, check=True, capture_output=True, timeout=240)
    pages = {code: len(re.findall(rb"/Type\s*/Page\b", (tmp_path / f"{code}.pdf").read_bytes())) for code in KINDS}
    assert all(1 <= count <= 2 for count in pages.values()), pages
    assert {code for code in FORMS if pages[code] != 1} == set(), pages
