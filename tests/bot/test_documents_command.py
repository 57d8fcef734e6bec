"""`huiying documents` and the setting behind it: a bureau's own texts, from those that ship, checked, in force."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.services import Services
from bot.settings import Settings
from bot.wiring import build_house, build_services
from handlers.documents.kinds import KINDS
from handlers.errors import ProfileFault
from tests.bot.web.house import settings_of


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["documents", *arguments])
    return result.exit_code, result.output


def test_exported_texts_pass_the_check_and_are_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    assert run("export", str(folder))[0] == 0
    assert sorted(file.stem for file in folder.iterdir()) == sorted(KINDS)
    assert run("check", str(folder))[0] == 0
    (folder / "opinion.toml").write_text("changed", "utf-8")
    assert run("export", str(folder), "--kind", "opinion")[0] == 0
    assert (folder / "opinion.toml").read_text("utf-8") == "changed"
    assert run("check", str(folder))[0] == 1
    assert run("export", str(folder), "--kind", "poem")[0] == 2


def test_the_setting_puts_own_texts_in_force_and_a_faulty_one_stops_the_start(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    run("export", str(folder), "--kind", "opinion")
    file = folder / "opinion.toml"
    file.write_text(file.read_text("utf-8").replace("民信处", "玉民信处"), "utf-8")
    url = f"sqlite:///{tmp_path / 'test.db'}"
    settings = settings_of(database_url=url, data_dir=tmp_path, document_templates=str(folder))
    assert services_of(settings).templates["opinion"].number_word == "玉民信处"
    file.write_text(file.read_text("utf-8").replace("{opinion}", "{opinon}"), "utf-8")
    with pytest.raises(ProfileFault, match=r"opinion\.toml.*\{opinon\}"):
        services_of(settings)


def services_of(settings: Settings) -> Services:
    """What the pages would be handed; the house is closed at once."""
    house = build_house(settings)
    try:
        return build_services(house, with_scheduler=False)
    finally:
        house.close()
