"""The commands `yaksok demo` and `yaksok rehearse`."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import click
import pyotp
import segno

from rehearsal import demonstration
from rehearsal.material import RATINGS, Material, NotThisFolder, read_folder
from rehearsal.outcome import for_people, write_outcome
from rehearsal.pabulib import NotTheseBallots
from rehearsal.play import Played, play
from rehearsal.theatre import SIGN_INS, DidNotStart, environment, run, theatre, yaksok
from rehearsal.visitor import Unexpected

SHOWN = (
    ("e-mail", "email"),
    ("password", "password"),
    ("authenticator", "secret"),
    ("key file", "key_file"),
    ("its passphrase", "key_passphrase"),
)


def _progress(text: str) -> None:
    click.echo(text, err=True)


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Interface to serve on; 0.0.0.0 shows everybody on the network the sign-ins, too.",
)
@click.option("--folder", default="var/demonstration", show_default=True, type=click.Path(path_type=Path))
def demo(port: int, host: str, folder: Path) -> None:
    """Fill a demonstration (once) and serve it; the sign-ins are printed, and shown on /demonstration/sign-ins."""
    address = f"http://localhost:{port}"
    if not (folder / SIGN_INS).exists():
        _require_empty(folder)
        click.echo(
            "Filling the demonstration: three cycles are played through the front door (one to two minutes)."
        )
        half = folder.with_name(f"{folder.name}.filling")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        try:
            asyncio.run(_fill(half, address))
        except (Unexpected, DidNotStart) as trouble:
            raise click.ClickException(str(trouble)) from None
        half.rename(folder)
    settings = environment(folder, address, port)
    run(settings, "migrate")
    _print_sign_ins(folder, address)
    serve = yaksok("serve", "--host", host, "--port", str(port))
    os.execve(serve[0], serve, {**os.environ, **settings})  # noqa: S606 - our own command line


def _require_empty(folder: Path) -> None:
    """Refuse at once what the filled demonstration could not take the place of after a minute."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise click.ClickException(f"{folder} is not a folder: name another one")
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(
            f"{folder} holds other files and no demonstration ({SIGN_INS} is missing): name an empty or new folder"
        )


async def _fill(folder: Path, address: str) -> None:
    async with theatre(folder, address) as (here, officers):
        filled = await demonstration.fill(here, officers, _progress)
    filled.write(folder / SIGN_INS)


def _print_sign_ins(folder: Path, address: str) -> None:
    """One sign-in per role (two officers of the performance office, two trustees: so many an act needs), with the
    authenticator secret as QR and text."""
    shown: dict[str, int] = {}
    for entry in json.loads((folder / SIGN_INS).read_text(encoding="utf-8")):
        shown[entry["role"]] = shown.get(entry["role"], 0) + 1
        if shown[entry["role"]] > (2 if entry["role"] in ("office", "trustee") else 1):
            continue
        click.echo(f"\n{entry['name']} ({entry['role']})")
        for label, key in SHOWN:
            if key in entry:
                value = folder / entry[key] if key == "key_file" else entry[key]
                click.echo(f"  {label:<14} {value}")
        uri = pyotp.TOTP(entry["secret"]).provisioning_uri(name=entry["email"], issuer_name="Yaksok")
        segno.make(uri, error="l").terminal(compact=True, border=2)
    click.echo(
        f"\nYaksok is at {address}\n"
        f"  everybody's sign-ins, with the code of the moment: {address}/demonstration/sign-ins\n"
        f"  messages (voting links, codes):                    {address}/demonstration/outbox\n"
    )


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where the results go."
)
@click.option("--seed", default=1, show_default=True, help="For what has to be made up.")
@click.option("--ratings", is_flag=True, help="Let the panel rate the agencies, too (made up from the seed).")
@click.option("--json", "as_json", is_flag=True, help="Write the summary as JSON to standard output.")
def rehearse(folder: Path, out: Path, seed: int, ratings: bool, as_json: bool) -> None:
    """Take the files of DIR through a whole cycle on a fresh database, as every role, and write the results to OUT.

    DIR holds ballots.pb (Pabulib, k-of-n) and, where present, contracts.csv or contracts.xlsx and marks.csv; what is
    absent is made up from the seed and called simulated everywhere.  OUT gets reports/*.pdf, ranking.csv, the board
    (.bel), summary.json and summary.txt.  Exit status 0 only when every check is positive.
    """
    try:
        material = read_folder(folder, seed=seed)
        if ratings:
            material = replace(material, simulated=(*material.simulated, RATINGS))
    except (NotThisFolder, NotTheseBallots) as wrong:
        raise click.ClickException(str(wrong)) from None
    if left := sorted(path.name for path in out.glob("*.bel")):
        raise click.ClickException(f"{out} already holds a board ({', '.join(left)}): name another folder")
    try:
        with tempfile.TemporaryDirectory(prefix="yaksok-rehearsal-") as scratch:
            rate = random.Random(seed) if ratings else None  # noqa: S311 - made-up data, not secrets
            played = asyncio.run(_rehearse(Path(scratch), material, rate))
    except (Unexpected, DidNotStart) as trouble:
        raise click.ClickException(str(trouble)) from None
    outcome = write_outcome(material, played, out, _progress)
    click.echo(json.dumps(outcome.summary, ensure_ascii=False) if as_json else for_people(outcome.summary))
    if not outcome.well:
        raise SystemExit(1)


async def _rehearse(folder: Path, material: Material, rate: random.Random | None) -> Played:
    async with theatre(folder) as (here, officers):
        return await play(here, material, officers, _progress, rate=rate)
