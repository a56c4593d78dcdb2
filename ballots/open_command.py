"""`yaksok open-ballot BOARD.bel CODE`: see what is in a ballot that was opened, with nothing but the public file."""

from __future__ import annotations

from pathlib import Path

import click

from ballots.protocol import audit
from ballots.protocol.ballot import Picks, tracker
from ballots.protocol.board import read_board
from ballots.protocol.election import ElectionContext, open_election
from ballots.protocol.records import Question
from ballots.protocol.refusals import Invalid
from office.i18n import LANGUAGES, N_, language, translate

_HELP = """Make an opened ballot again from its CODE and say what was chosen in it.

BOARD is the public board of the vote (a .bel file), CODE the link or the code that the booth shows for another device
to scan.  If the tracker printed here is the one the booth showed before, the booth encrypted what is printed here.
Exit status: 0 the ballot was made again, 1 the code makes no ballot of this vote, 2 a file or code cannot be read.
"""


@click.command(name="open-ballot", help=_HELP)
@click.argument("board", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.argument("code")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
def open_ballot(board: Path, code: str, lang: str) -> None:
    """Read board and code, make the ballot again and report."""
    chosen = language.set(lang)
    try:
        try:
            posted = read_board(board.read_bytes())
            context = open_election(posted.election, posted.credentials)
            opening = audit.unpack(code)
        except (Invalid, OSError) as error:
            click.echo(str(error), err=True)
            raise SystemExit(2) from error
        try:
            raw = audit.remake(context, context.weights, opening)
        except Invalid as error:
            click.echo(str(error), err=True)
            raise SystemExit(1) from error
        _report(context, opening, tracker(raw), cast=raw in (ballot.raw for ballot in posted.ballots))
    finally:
        language.reset(chosen)


def _report(context: ElectionContext, opening: audit.Opening, found: str, *, cast: bool) -> None:
    click.echo(translate(N_("투표 확인번호: {tracker}"), tracker=found))
    for question, picks in zip(context.election.questions, opening.votes, strict=True):
        click.echo(_printable(question.question))
        for line in _chosen(question, picks):
            click.echo(f"  - {line}")
    click.echo(
        translate(N_("기표소 화면에 보인 투표 확인번호와 같으면, 기표소는 위의 내용을 그대로 잠갔습니다."))
    )
    if cast:
        click.echo(
            translate(N_("경고: 이 투표지는 게시판에 올라와 있습니다. 연 투표지가 올라올 수는 없습니다."))
        )


def _chosen(question: Question, picks: Picks) -> list[str]:
    if picks is None:
        return [translate(N_("선택하지 않고 투표"))]
    return [_printable(question.answers[pick]) for pick in picks] or [translate(N_("고른 것이 없습니다"))]


def _printable(text: str) -> str:
    """A text made by a stranger must not steer the terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
