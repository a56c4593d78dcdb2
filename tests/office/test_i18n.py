"""Two languages: every Korean sentence is found by the extractor, and the English catalogue answers each of them."""

from __future__ import annotations

import gettext
import io
import re
import string
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

from office.i18n import LOCALE, negotiate, translate
from office.pages import Sentence
from rehearsal.visitor import Visitor

PROJECT = LOCALE.parents[1]
PYBABEL = Path(sys.executable).with_name("pybabel")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All sentences of the project, freshly extracted."""
    found = tmp_path_factory.mktemp("locale") / "messages.pot"
    command: list[str | Path] = [
        PYBABEL,
        "-q",
        "extract",
        "-F",
        "babel.cfg",
        "-k",
        "N_",
        "--no-location",
        "--sort-output",
    ]
    subprocess.run([*command, "-o", found, "."], cwd=PROJECT, check=True)
    return found


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (LOCALE / "en.po").open("rb") as file:
        return read_po(file, locale="en")


def fields(text: str) -> list[str]:
    """The fields that are filled in; `{n:one|many}` is none, but may hold some."""
    found: set[str] = set()
    for _, name, spec, _ in string.Formatter().parse(text):
        if name is not None:
            found |= set(fields(spec)) if spec and "|" in spec else {name}
    return sorted(found)


UNITS = {"명", "장", "곳"}
"""They stand behind a number of their own."""


def counted(text: str) -> set[str]:
    """The fields that a word goes with."""
    return {name for _, name, spec, _ in string.Formatter().parse(text) if name and "|" in (spec or "")}


def test_every_korean_sentence_is_extracted(template: Path) -> None:
    with template.open("rb") as file:
        found = {message.id for message in read_po(file) if message.id}
    assert len(found) > 300
    for known in (
        "로그인이 필요합니다",
        "담당자 로그인",
        "성과관리 담당",
        "배점의 합이 맞지 않는 항목: {nodes}",
    ):
        assert known in found or known.startswith("배점")


def test_fields_of_a_sentence_have_names(template: Path) -> None:
    with template.open("rb") as file:
        unnamed = [message.id for message in read_po(file) if message.id and "" in fields(str(message.id))]
    assert unnamed == []


def test_the_english_catalogue_has_exactly_the_sentences_of_the_code(
    template: Path, english: Catalog
) -> None:
    with template.open("rb") as file:
        wanted = {str(message.id) for message in read_po(file) if message.id}
    present = {str(message.id) for message in english if message.id}
    assert sorted(wanted - present) == [], "to translate"
    assert sorted(present - wanted) == [], "no longer used"


def test_every_sentence_is_translated_with_its_fields(english: Catalog) -> None:
    wrong = [
        str(message.id)
        for message in english
        if message.id
        and (
            message.fuzzy
            or not message.string
            or fields(str(message.string)) != fields(str(message.id))
            or not counted(str(message.string))
            <= ({"n"} if message.id in UNITS else set(fields(str(message.id))))
            or str(message.string).count("%%") != str(message.id).count("%%")
        )
    ]
    assert wrong == []


WRITTEN = {"상향", "하향", "예", "아니오", "기관"}
"""What is written in contract files and in blinded texts stays as it is written there, in every language."""


def test_nothing_korean_is_left_in_the_translations(english: Catalog) -> None:
    left = [str(m.string) for m in english if m.id and set(re.findall("[가-힣]+", str(m.string))) - WRITTEN]
    assert left == []


@pytest.mark.parametrize(
    ("chosen", "accepted", "spoken"),
    [
        (None, "", "ko"),
        (None, "en", "en"),
        (None, "en-US,en;q=0.9,ko;q=0.8", "en"),
        (None, "ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", "ko"),
        (None, "en;q=0.3, ko;q=0.9", "ko"),
        (None, "fr-FR, de;q=0.9, en;q=0.1", "en"),
        (None, "fr, *;q=0.5", "ko"),
        (None, "en;q=0", "ko"),
        (None, "en;q=nonsense", "ko"),
        (None, "en;q=nan", "ko"),
        ("en", "ko", "en"),
        ("ko", "en", "ko"),
        ("fr", "en", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_most_wanted_one(
    chosen: str | None, accepted: str, spoken: str
) -> None:
    assert negotiate(chosen, accepted) == spoken


def test_a_sentence_nobody_has_translated_stays_korean() -> None:
    assert translate("아직 번역하지 않은 {n}번째 문장", "en", n=3) == "아직 번역하지 않은 3번째 문장"


def test_where_english_counts_the_word_goes_with_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Catalog(locale="en")
    counting.add("{n}건이 {who}을 기다립니다", "{n} {n:task waits|tasks wait} for {who}")
    compiled = io.BytesIO()
    write_mo(compiled, counting)
    compiled.seek(0)
    known = gettext.GNUTranslations(compiled)
    monkeypatch.setattr("office.i18n.catalogue", lambda lang: known)
    for n, said in ((0, "0 tasks wait"), (1, "1 task waits"), (Decimal(2), "2 tasks wait")):
        assert translate("{n}건이 {who}을 기다립니다", "en", n=n, who="A|B") == f"{said} for A|B"
    sentence = Sentence(translate("{n}건이 {who}을 기다립니다"))
    assert sentence.format(n=Markup("1"), who="<b>") == "1 task waits for &lt;b&gt;"


def test_no_english_sentence_counts_one_thing_in_the_plural(english: Catalog) -> None:
    plural = re.compile(
        r"(?<!\|[aA]ll )\{(?:n|count)\} (?:[a-z]+ )?(?:contracts|tasks|indicators|people|agencies|days|votes)\b"
    )
    assert [str(m.string) for m in english if m.id and plural.search(str(m.string))] == []


async def test_a_visitor_chooses_the_language_and_the_contrast_without_a_script(visitor: Visitor) -> None:
    assert '<html lang="ko" data-krds-mode="light">' in (await visitor.get("/sign-in")).text
    answer = await visitor.get("/display?lang=en&theme=high-contrast&next=/sign-in", expect=303)
    assert answer.headers["location"] == "/sign-in"
    assert '<html lang="en" data-krds-mode="high-contrast">' in (await visitor.get("/sign-in")).text
    await visitor.get("/display?lang=xx&theme=xx", expect=303)
    assert '<html lang="en" data-krds-mode="high-contrast">' in (await visitor.get("/sign-in")).text
    visitor.http.cookies.set("yaksok_theme", '"><script>', domain="localhost.local")
    assert "<script>" not in (await visitor.get("/sign-in")).text
