"""`yaksok verify BOARD.bel`: check a published board with nothing but the file."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from ballots.protocol.cluster import ClusterTrouble
from ballots.protocol.cluster import cluster as cluster_at
from ballots.protocol.refusals import Invalid
from ballots.protocol.verdict import Verdict
from office.i18n import LANGUAGES, N_, language, translate

_SHOWN = 20

_HELP = """Check the public board of a vote, BOARD (a .bel file), and say in plain words what was checked.

Needs nothing but the file: no database, no settings, no network.  Checks more than the reference verifier does.
With the files the vote was bound to at its opening (--contracts, --rulebook, --roll) their fingerprints are checked, too.
With --cluster the proofs are checked by the workers of a Dask cluster of yours (needs the extra: yaksok[cluster]).
Exit status: 0 all is well (also in the middle of voting, as far as the board goes), 1 the board is wrong,
2 a file cannot be read, the cluster cannot be used, or the command was misused.
"""


_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.command(help=_HELP)
@click.argument("board", type=_FILE)
@click.option("--contracts", type=_FILE, help="The published contracts (contracts.json).")
@click.option("--rulebook", type=_FILE, help="The published rulebook (rulebook.toml).")
@click.option("--roll", type=_FILE, help="The roll with its salt (roll.json); for auditors, it names people.")
@click.option("--json", "as_json", is_flag=True, help="Write the verdict as one JSON object.")
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes for the proofs; default: every core.")
@click.option("--cluster", metavar="ADDRESS", help="Check on the Dask cluster at ADDRESS (tcp://host:8786).")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
def verify(
    board: Path,
    contracts: Path | None,
    rulebook: Path | None,
    roll: Path | None,
    as_json: bool,
    jobs: int | None,
    cluster: str | None,
    lang: str,
) -> None:
    """Read the board, verify it and report."""
    from ballots.protocol.verifier import verify as verify_board

    chosen = language.set(lang)
    try:
        raw = _read(board)
        bound = {"contracts": contracts, "rulebook": rulebook, "roll": roll}
        files = {name: _read(path) for name, path in bound.items() if path is not None}
        with ExitStack() as stack:
            pool = stack.enter_context(cluster_at(cluster)) if cluster is not None else None
            found = verify_board(raw, jobs=jobs, progress=_show_progress, pool=pool)
        verdict = _with_binding(found, raw, files)
        if as_json:
            click.echo(json.dumps(verdict.as_dict(), ensure_ascii=False))
        else:
            _report(verdict)
        sys.exit(0 if verdict.ok else 1)
    except ClusterTrouble as trouble:
        click.echo(trouble.said(), err=True)
        raise SystemExit(2) from trouble
    finally:
        language.reset(chosen)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        click.echo(translate(N_("파일을 읽을 수 없습니다: {file}"), file=str(path)), err=True)
        raise SystemExit(2) from error


def _with_binding(verdict: Verdict, board: bytes, files: Mapping[str, bytes]) -> Verdict:
    """The verdict with what comes of holding files against the fingerprints in the election record."""
    if not files:
        return verdict
    from ballots.protocol.binding import check_board

    try:
        found = check_board(board, **files)
    except Invalid:
        # The verdict says already why this is no board.
        return verdict
    return replace(verdict, checks=(*verdict.checks, *found))


def _printable(text: str) -> str:
    """Words made by a stranger must not steer the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _show_progress(done: int, total: int) -> None:
    """A line that is overwritten on a terminal, and ten lines where the output is kept."""
    terminal = sys.stderr.isatty()
    if done == total or (done % 4 == 0 if terminal else done % max(1, total // 10) == 0):
        text = translate(N_("투표지 확인 {done}/{total}"), done=done, total=total)
        click.echo(f"\r{text}" if terminal else text, err=True, nl=not terminal or done == total)


def _report(verdict: Verdict) -> None:
    if verdict.uuid:
        click.echo(f"{_printable(verdict.name)} ({verdict.uuid})")
        click.echo(translate(N_("투표 지문: {fingerprint}"), fingerprint=verdict.fingerprint))
    for check in verdict.checks:
        mark = translate(N_("확인")) if check.ok else translate(N_("틀림"))
        click.echo(f"[{mark}] {_printable(check.text())}")
        if not check.ok and check.values.get("recorded") and check.values.get("found"):
            click.echo(translate(N_("    기록 {recorded}"), recorded=check.values["recorded"]))
            click.echo(translate(N_("    파일 {found}"), found=check.values["found"]))
    for sentence in verdict.pending:
        click.echo(f"[{translate(N_('아직'))}] {translate(sentence)}")
    for problem in verdict.problems[:_SHOWN]:
        click.echo(f"  - {problem.text()}")
    if len(verdict.problems) > _SHOWN:
        click.echo(translate(N_("  - 그 밖에 문제 {count}개"), count=len(verdict.problems) - _SHOWN))
    if not verdict.ok:
        click.echo(translate(N_("이 게시판은 올바르지 않습니다.")))
    elif verdict.pending:
        click.echo(translate(N_("지금까지 올라온 것은 모두 올바릅니다.")))
    else:
        click.echo(translate(N_("모든 확인을 통과했습니다.")))
