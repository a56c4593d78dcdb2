"""`yaksok verify-diff OLD.bel NEW.bel`: prove that a board only ever grew."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ballots.protocol.growth import Growth, compare
from office.i18n import LANGUAGES, N_, language, translate

_HELP = """Check that the board NEW is the board OLD with something added at its end and nothing else.

Keep a copy of a board and compare it with a later one: nothing was changed, taken out, put in between or re-ordered.
Both are also checked as boards (file, chain, order of steps); what they say is for `yaksok verify`.
Exit status: 0 it only grew (or is the same), 1 it did not, or one of them is no board, 2 a file cannot be read.
"""
_BOARD = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command("verify-diff", help=_HELP)
@click.argument("old", type=_BOARD)
@click.argument("new", type=_BOARD)
@click.option("--json", "as_json", is_flag=True, help="Write the verdict as one JSON object.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
def verify_diff(old: Path, new: Path, as_json: bool, lang: str) -> None:
    """Read both boards, compare and report."""
    chosen = language.set(lang)
    try:
        growth = compare(_read(old), _read(new))
        if as_json:
            click.echo(json.dumps(growth.as_dict(), ensure_ascii=False))
        else:
            _report(growth)
        sys.exit(0 if growth.ok else 1)
    finally:
        language.reset(chosen)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        click.echo(translate(N_("파일을 읽을 수 없습니다: {file}"), file=str(path)), err=True)
        raise SystemExit(2) from error


def _report(growth: Growth) -> None:
    for check in growth.checks:
        mark = translate(N_("확인")) if check.ok else translate(N_("틀림"))
        click.echo(f"[{mark}] {check.text()}")
    for problem in growth.problems:
        click.echo(f"  - {problem.text()}")
    if growth.ok:
        click.echo(translate(N_("나중 게시판은 앞선 게시판에 덧붙이기만 한 것입니다.")))
    else:
        click.echo(translate(N_("덧붙이기만 했다고 할 수 없습니다.")))
