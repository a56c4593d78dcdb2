"""The operator's commands: each says what it needs, and does what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app as house

KEY = "a key of the tests that is long enough"


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment with settings and a database of its own."""
    for name in ("YAKSOK_DEMONSTRATION", "YAKSOK_BASE_URL", "YAKSOK_ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("YAKSOK_SERVER_KEY", KEY)
    monkeypatch.setenv("YAKSOK_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/yaksok.sqlite")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(house.cli, arguments)


@pytest.mark.parametrize("command", [["serve"], ["migrate"], ["invite", "kim@example.org"]])
def test_without_settings_a_command_says_which_is_missing(
    operator: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.delenv("YAKSOK_SERVER_KEY")
    refused = run(*command)
    assert refused.exit_code == 1
    assert "YAKSOK_SERVER_KEY" in refused.output
    assert "Traceback" not in refused.output


def test_a_short_key_is_refused_and_not_repeated(operator: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAKSOK_SERVER_KEY", "too-short-a-key")
    refused = run("serve")
    assert refused.exit_code == 1
    assert "YAKSOK_SERVER_KEY" in refused.output
    assert "too-short-a-key" not in refused.output


def test_serving_and_inviting_wait_for_the_schema(operator: Path) -> None:
    for command in (["serve"], ["invite", "kim@example.org"]):
        refused = run(*command)
        assert refused.exit_code == 1
        assert "yaksok migrate" in refused.output


def test_officers_are_invited_by_the_operator(operator: Path) -> None:
    assert run("migrate").exit_code == 0
    invited = run("invite", "Kim@example.org", "lee@example.org", "--json")
    assert invited.exit_code == 0, invited.output
    numbers = json.loads(invited.output)
    assert [email for email, _ in numbers] == ["kim@example.org", "lee@example.org"]
    assert all(len(number) == 23 for _, number in numbers)
    shown = run("invite", "park@example.org")
    assert "http://localhost:8000/join" in shown.output


def test_what_is_no_address_is_said(operator: Path) -> None:
    run("migrate")
    refused = run("invite", "kim")
    assert refused.exit_code == 1
    assert "officer@example.org" in refused.output


def test_a_database_of_real_work_becomes_no_demonstration(
    operator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    run("invite", "kim@example.org")
    monkeypatch.setenv("YAKSOK_DEMONSTRATION", "true")
    for command in (["invite", "lee@example.org"], ["serve"]):
        refused = run(*command)
        assert refused.exit_code == 1
        assert "something else than a demonstration" in refused.output


def test_a_database_that_is_not_there_is_said(operator: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAKSOK_DATABASE_URL", f"postgresql+psycopg://nobody@/nothing?host={operator}")
    refused = run("serve")
    assert refused.exit_code == 1
    assert "cannot be opened" in refused.output


def test_help_teaches(operator: Path) -> None:
    shown = run("--help").output
    for command in ("demo", "verify", "rehearse", "migrate", "invite", "serve"):
        assert command in shown
