"""The command line as an administrator meets it: an empty folder, an installation, questions, refusals."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.settings import settings_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, with none of our variables in the environment."""
    for name in list(os.environ):
        if (name.startswith("HUIYING_") and name != "HUIYING_MODEL_DIR") or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HUIYING_UNDERSTANDING", "rules")  # what is tested here needs no trained model
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=text)


@pytest.fixture
def installation(folder: Path) -> Path:
    assert run("init", "--profile", "hohhot-2018").exit_code == 0
    return folder


def test_init_makes_keys_database_and_a_first_admin_once(installation: Path) -> None:
    keys = (installation / ".env").read_text(encoding="utf-8")
    again = run("init")
    assert again.exit_code == 0
    assert "初始密码" not in again.output
    assert (installation / ".env").read_text(encoding="utf-8") == keys


def test_init_fills_a_copy_of_the_example(folder: Path) -> None:
    shutil.copyfile(ROOT / ".env.example", folder / ".env")
    assert run("init", "--profile", "municipal-current").exit_code == 0
    settings = settings_of(folder / ".env")
    assert settings.profile == "municipal-current"
    assert settings.data_keys[0] != settings.audit_key.get_secret_value()


def test_a_command_without_settings_names_the_variable_and_the_remedy(folder: Path) -> None:
    refused = run("check")
    assert refused.exit_code == 1
    assert "HUIYING_SECRET_KEY" in refused.stderr


def test_check_says_what_is_wrong_and_how_to_mend_it(installation: Path) -> None:
    checked = run("check")
    assert checked.exit_code == 1
    assert "HUIYING_BASE_URL" in checked.output
    assert "没有缺口" in checked.output


def test_an_officer_is_added_reset_and_disabled(installation: Path) -> None:
    added = run("officer", "add", "zhang", "--name", "张", "--role", "officer", "--section", "welfare")
    assert added.exit_code == 0 and "初始密码" in added.output
    assert "新密码" in run("officer", "reset-password", "zhang").output
    assert run("officer", "disable", "zhang").exit_code == 0
    assert "已停用" in run("officer", "list").output
    assert run("officer", "add", "li", "--name", "李", "--section", "nowhere").exit_code == 1


def test_a_profile_survives_export_and_load(installation: Path) -> None:
    assert run("profile", "export", "mine.toml").exit_code == 0
    assert run("profile", "load", "mine.toml").exit_code == 0
    (installation / "broken.toml").write_text("code = 'x'", encoding="utf-8")
    assert run("profile", "load", "broken.toml").exit_code == 1


def test_classify_answers_every_line_and_names_the_broken_one(folder: Path) -> None:
    asking = json.dumps({"id": 1, "text": "请问高龄津贴怎么申请"}, ensure_ascii=False)
    lines = [asking, "{broken", '{"id": 3, "text": ""}']
    asked = run("classify", text="\n".join(lines) + "\n")
    first, broken, empty = [json.loads(line) for line in asked.stdout.splitlines()]
    assert (first["id"], first["topic"], first["section"]) == (1, "elderly_care", "welfare")
    assert "error" in broken
    assert (empty["kind"], empty["needs_person"]) == (None, True)


def test_due_counts_and_explains_without_any_installation(folder: Path) -> None:
    one = json.loads(run("due", "GK-01", "2026-09-21T10:30:00+08:00").stdout)
    assert one["legal_due"] == "2026-10-26"
    question = json.dumps({"id": "a", "code": "GK-01", "start": "2026-09-21T10:30:00+08:00"})
    many = [json.loads(line) for line in run("due", "--jsonl", text=f"{question}\nnonsense\n").stdout.splitlines()]
    assert many[0]["legal_due"] == "2026-10-26" and "error" in many[1]
    assert run("due", "NO-99", "2026-09-21").exit_code == 1


def test_replay_refuses_a_database_that_is_no_demo(installation: Path) -> None:
    (installation / "some.csv").write_text("id,user,time,title,text\n", encoding="utf-8")
    refused = run("replay", "some.csv")
    assert refused.exit_code == 1 and "演示" in refused.stderr


def test_a_backup_is_restored_elsewhere_row_by_row(installation: Path) -> None:
    assert run("backup", "all.tar.gz").exit_code == 0
    other = f"sqlite:///{installation / 'other' / 'huiying.db'}"
    assert run("restore", "all.tar.gz", "--into", other, "--data-dir", str(installation / "other")).exit_code == 0
    assert run("compare", f"sqlite:///{installation / 'var' / 'huiying.db'}", other).exit_code == 0
    assert run("restore", "all.tar.gz", "--into", other).exit_code == 1, "only into an empty database"


def test_the_chain_of_events_is_verified(installation: Path) -> None:
    assert run("audit", "verify").exit_code == 0


def test_an_api_key_is_made_replaced_and_switched_off(installation: Path) -> None:
    assert "hy_" in run("api-key", "add", "miniapp", "--name", "小程序").output
    assert "hy_" in run("api-key", "replace", "miniapp").output
    assert run("api-key", "disable", "miniapp").exit_code == 0
    assert "已停用" in run("api-key", "list").output
