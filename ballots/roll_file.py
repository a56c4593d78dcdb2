"""Read a roll of voters from CSV or XLSX: every bad row is named, nothing is guessed, one bad row refuses the file."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import phonenumbers

from ballots.strata import too_few, uneven
from contracts.files.columns import word
from contracts.files.spreadsheet import RowProblem, Text, Unreadable, rows
from office.decimals import number
from office.i18n import N_

COLUMNS: Final = {
    "number": "번호",
    "name": "이름",
    "phone": "휴대전화",
    "mail": "전자우편",
    "stratum": "계층",
    "weight": "가중치",
}
"""English name to Korean header, in the order of the written file."""
LARGEST_WEIGHT: Final = 1000
LONGEST_NAME: Final = 80
LONGEST_MAIL: Final = 120
LONGEST_STRATUM: Final = 40

_ALSO: Final = {
    "선거인번호": "number",
    "성명": "name",
    "휴대폰": "phone",
    "휴대전화번호": "phone",
    "전화번호": "phone",
    "이메일": "mail",
    "email": "mail",
    "e-mail": "mail",
}
_KNOWN: Final = {word(korean): name for name, korean in COLUMNS.items()} | {n: n for n in COLUMNS} | _ALSO
_NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,20}")
_MOBILE: Final = re.compile(r"010-\d{4}-\d{4}")
# The part of RFC 5321 that real mailboxes use; no quoting, no comments, nothing that could leave its header line.
_MAIL: Final = re.compile(
    r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)


@dataclass(frozen=True, slots=True)
class Voter:
    """One row that can be taken; a phone is always 010-XXXX-XXXX, absent text is empty."""

    number: str
    name: str
    phone: str
    mail: str
    weight: int
    stratum: str = ""

    @property
    def address(self) -> str:
        """Where link and codes go: the phone, else the mail address."""
        return self.phone or self.mail


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds: the voters that can be taken, why others cannot, and how many rows there were."""

    voters: tuple[Voter, ...]
    problems: tuple[RowProblem, ...]
    rows_read: int


def parse(data: bytes, filename: str) -> Parsed:
    """Everything a roll file holds, checked; bad input is described in the answer, never raised."""
    try:
        filled = [(row, cells) for row, cells in rows(data, filename) if any(cell.text for cell in cells)]
    except Unreadable as unreadable:
        return Parsed((), (unreadable.problem,), 0)
    if not filled:
        return Parsed((), (RowProblem(0, "", N_("파일이 비어 있습니다")),), 0)
    (header_row, header), *body = filled
    names, problems = _header(header_row, header)
    if problems:
        return Parsed((), tuple(problems), len(body))
    read: list[tuple[int, Voter]] = []
    for row, cells in body:
        voter = _voter(row, dict(zip(names, cells, strict=False)), problems)
        if voter is not None:
            read.append((row, voter))
    problems += _repeated(read) + _weights(read, whole=len(read) == len(body))
    if not body:
        problems.append(RowProblem(0, "", N_("제목 행 아래에 선거인이 없습니다")))
    refused = {problem.row for problem in problems}
    voters = tuple(voter for row, voter in read if row not in refused)
    return Parsed(voters, tuple(sorted(problems, key=lambda problem: problem.row)), len(body))


def mobile(text: str) -> str | None:
    """A Korean mobile number as 010-XXXX-XXXX, however it was written; None for anything else.

    >>> mobile("+82 10 1234 5678"), mobile("1012345678"), mobile("02-123-4567")
    ('010-1234-5678', '010-1234-5678', None)
    """
    try:
        parsed = phonenumbers.parse(unicodedata.normalize("NFKC", text), "KR")
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code != 82 or parsed.extension or not phonenumbers.is_valid_number(parsed):
        return None
    written: str = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return written if _MOBILE.fullmatch(written) else None


def mail_address(text: str) -> str | None:
    """A plain mail address in lower case; None for anything else."""
    tidy = unicodedata.normalize("NFKC", text).lower()
    return tidy if len(tidy) <= LONGEST_MAIL and _MAIL.fullmatch(tidy) else None


def _header(row: int, cells: Sequence[Text]) -> tuple[list[str | None], list[RowProblem]]:
    """The column each cell stands for, and what is wrong with the header as a whole."""
    names = [_KNOWN.get(word(cell.text)) for cell in cells]
    problems: list[RowProblem] = []
    for cell, name in zip(cells, names, strict=True):
        if cell.text and name is None:
            # More about a person than the vote needs is not taken in at all.
            message = N_("명부에 쓰지 않는 열입니다. 이 열을 지우고 다시 올려 주십시오")
            problems.append(RowProblem(row, cell.text, message))
    for name, korean in COLUMNS.items():
        if names.count(name) > 1:
            problems.append(RowProblem(row, korean, N_("같은 열이 두 번 있습니다")))
    for name in ("number", "name"):
        if name not in names:
            problems.append(RowProblem(row, COLUMNS[name], N_("꼭 있어야 하는 열이 없습니다")))
    if "phone" not in names and "mail" not in names:
        message = N_("휴대전화나 전자우편 가운데 하나는 있어야 합니다")
        problems.append(RowProblem(row, COLUMNS["phone"], message))
    return names, problems


def _voter(row: int, cells: Mapping[str | None, Text], problems: list[RowProblem]) -> Voter | None:
    before = len(problems)

    def wrong(name: str, message: str, value: str = "", **values: str) -> None:
        problems.append(RowProblem(row, COLUMNS[name], message, value, values))

    def text(name: str) -> str:
        cell = cells.get(name, Text(""))
        if cell.wrong:
            wrong(name, cell.wrong, cell.text)
        return "" if cell.wrong else cell.text

    given = {name: text(name) for name in COLUMNS}
    if len(problems) > before:
        return None
    code = unicodedata.normalize("NFKC", given["number"])
    if not code:
        wrong("number", N_("번호가 비어 있습니다"))
    elif not _NUMBER.fullmatch(code):
        wrong("number", N_("번호는 숫자, 영문자, 줄표로 20자까지 쓸 수 있습니다"), given["number"])
    if not given["name"]:
        wrong("name", N_("이름이 비어 있습니다"))
    elif len(given["name"]) > LONGEST_NAME or "\n" in given["name"]:
        wrong("name", N_("이름은 한 줄, 80자까지 쓸 수 있습니다"), given["name"][:40])
    phone = mobile(given["phone"]) if given["phone"] else ""
    if phone is None:
        wrong("phone", N_("휴대전화 번호가 아닙니다. 010-1234-5678처럼 써 주십시오"), given["phone"])
    mail = mail_address(given["mail"]) if given["mail"] else ""
    if mail is None:
        wrong("mail", N_("전자우편 주소가 아닙니다. name@example.kr처럼 써 주십시오"), given["mail"])
    if not given["phone"] and not given["mail"]:
        wrong("phone", N_("휴대전화와 전자우편이 모두 비어 있습니다. 하나는 있어야 투표 링크를 보냅니다"))
    if len(given["stratum"]) > LONGEST_STRATUM or "\n" in given["stratum"]:
        wrong("stratum", N_("계층의 이름은 한 줄, 40자까지 쓸 수 있습니다"), given["stratum"][:40])
    weight = number(given["weight"]) if given["weight"] else number("1")
    if weight is None or weight != weight.to_integral_value() or not 1 <= weight <= LARGEST_WEIGHT:
        wrong(
            "weight",
            N_("가중치는 1부터 {most}까지의 정수입니다"),
            given["weight"],
            most=str(LARGEST_WEIGHT),
        )
    if len(problems) > before or weight is None or phone is None or mail is None:
        return None
    stratum = unicodedata.normalize("NFC", given["stratum"])
    return Voter(code, given["name"], phone, mail, int(weight), stratum)


def _repeated(read: Sequence[tuple[int, Voter]]) -> list[RowProblem]:
    """Numbers that stand twice, and addresses to which two people's links would go; the later row is named."""
    problems: list[RowProblem] = []
    numbers: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for row, voter in read:
        first = numbers.setdefault(voter.number.lower(), row)
        if first != row:
            message = N_("{row}행과 번호가 같습니다")
            problems.append(RowProblem(row, COLUMNS["number"], message, voter.number, {"row": str(first)}))
        first = addresses.setdefault(voter.address, row)
        if first != row:
            column = COLUMNS["phone"] if voter.phone else COLUMNS["mail"]
            message = N_("{row}행과 받는 곳이 같습니다. 사람마다 다른 번호나 주소가 있어야 합니다")
            problems.append(RowProblem(row, column, message, voter.address, {"row": str(first)}))
    return problems


def _weights(read: Sequence[tuple[int, Voter]], *, whole: bool) -> list[RowProblem]:
    """Strata with two weights; and, once every row can be read, weights that too few people hold."""
    held = [(row, voter.stratum, voter.weight) for row, voter in read]
    problems = uneven(held, weight=COLUMNS["weight"])
    return problems or (too_few(held, weight=COLUMNS["weight"]) if whole else [])


def template_csv() -> bytes:
    """An empty form with two example rows, as Excel needs it."""
    rows = (
        COLUMNS.values(),
        ("1", "김도민", "010-1234-5678", "", "도정평가단", "1"),
        ("2", "이참여", "", "name@example.kr", "정책서포터즈", "1"),
    )
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("utf-8-sig")
