"""Which part may import which: the rules of pyproject.toml, and what import-linter cannot say."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest

PROJECT = Path(__file__).parent.parent
RULES: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
DEPARTMENTS: list[str] = RULES["root_packages"]
PURE_RULE: dict[str, Any] = next(rule for rule in RULES["contracts"] if rule["id"] == "pure")
PURE: list[str] = PURE_RULE["source_modules"]
FRAMEWORKS: list[str] = PURE_RULE["forbidden_modules"]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*DEPARTMENTS, include_external_packages=True)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_every_part_imports_only_what_it_may() -> None:
    checked = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_department_imports_the_application(graph: grimp.ImportGraph) -> None:
    assert "app" not in graph.modules


def test_a_model_knows_nothing_of_the_services_above_it(graph: grimp.ImportGraph) -> None:
    models = {name for name in graph.modules if "model" in name.split(".")[1:2]}
    for model in models:
        department = model.split(".")[0]
        beside = {
            name
            for name in graph.find_modules_directly_imported_by(model)
            if name.startswith(f"{department}.")
        }
        services = {
            name for name in beside - models if any(graph.chain_exists(name, each) for each in FRAMEWORKS)
        }
        assert not services, f"{model} imports {services}"


def test_pure_modules_load_without_the_framework(graph: grimp.ImportGraph) -> None:
    modules = {name for pure in PURE for name in (pure, *graph.find_descendants(pure))}
    program = (
        f"import sys, {', '.join(sorted(modules))}; print(*sorted(set({FRAMEWORKS!r}) & set(sys.modules)))"
    )
    loaded = run(sys.executable, "-W", "error", "-c", program)
    assert (loaded.returncode, loaded.stdout.split()) == (0, []), loaded.stderr
