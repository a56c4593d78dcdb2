"""What the public API answers: typed, with the names of the data dictionary; decimals are texts, so that they stay exact."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from contracts.files.dictionary import CONTRACTS, HEADS, HISTORY, INDICATORS, TASKS, Table
from office.i18n import N_

Figure = Annotated[
    str,
    Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description=N_("수. 정확하도록 글로 적습니다"), examples=["12.5"]),
]
Address = Annotated[str, Meta(description=N_("이 답을 다시 읽는 주소"))]
Page = Annotated[str, Meta(description=N_("사람이 읽는 화면의 주소"))]


class CycleLine(Struct, frozen=True):
    """One yearly round whose contracts are public."""

    year: Annotated[int, Meta(description=N_("평가주기의 해"))]
    title: Annotated[str, Meta(description=N_("평가주기의 이름"))]
    phase: Annotated[
        str,
        Meta(description=N_("지금 단계: published, reporting, scoring, voting, tallied, provisional, final")),
    ]
    contracts_sha256: Annotated[str, Meta(description=N_("공개한 계약 전체의 지문(SHA-256)"))]
    simulated: Annotated[list[str], Meta(description=N_("실제가 아니라 시연을 위해 만든 자료의 이름"))]
    contracts: Annotated[str, Meta(description=N_("이 해의 계약 목록을 읽는 주소"))]
    page: Page


class Cycles(Struct, frozen=True):
    """The rounds, the newest first."""

    cycles: list[CycleLine]


class ContractLine(Struct, frozen=True):
    """One contract with its counts."""

    contract: str
    year: int
    agency_code: str
    agency: str
    agency_kind: str
    published_at: datetime | None
    fingerprint: str
    state: str
    tasks: int
    indicators: int
    with_target: int
    reached: int
    missed: int
    doubted: int
    url: Address
    page: Page


class Contracts(Struct, frozen=True):
    """One page of a list of contracts."""

    total: Annotated[int, Meta(description=N_("조건에 맞는 계약의 수"))]
    number: Annotated[int, Meta(description=N_("지금 쪽"))]
    pages: Annotated[int, Meta(description=N_("모두 몇 쪽인지"))]
    next: Annotated[str | None, Meta(description=N_("다음 쪽의 주소"))]
    previous: Annotated[str | None, Meta(description=N_("앞 쪽의 주소"))]
    contracts: list[ContractLine]


class TaskLine(Struct, frozen=True):
    """A goal or task."""

    kind: str
    code: str
    parent: str
    title: str
    weight: Figure
    promise: str
    result: str
    on_ballot: bool
    shares: Annotated[
        dict[str, Figure], Meta(description=N_("함께 맡은 기관의 코드와 몫(%). 주관 기관이 먼저"))
    ]


class YearValue(Struct, frozen=True):
    """A figure of a past year."""

    year: int
    value: Figure


class IndicatorLine(Struct, frozen=True):
    """An indicator with its whole definition sheet."""

    contract: str
    code: str
    parent: str
    title: str
    weight: Figure
    direction: str
    unit: str
    method: str
    settings: str
    baseline: Figure | None
    target: Figure | None
    actual: Figure | None
    reached: bool | None
    check: str
    found: Figure | None
    definition: str
    formula: str
    source: str
    supplied_by: str
    checked_by: str
    history: Annotated[list[YearValue], Meta(description=N_("지난 해의 값"))]
    url: Address
    page: Page


class HeadTaskLine(Struct, frozen=True):
    """A task of the head's own contract, or their leadership."""

    since: str
    code: str
    title: str
    weight: Figure | None
    method: str
    definition: str
    direction: str
    unit: str
    target: Figure | None
    actual: Figure | None
    attained: Figure | None
    check: str
    found: Figure | None
    result: str


class ContractAnswer(Struct, frozen=True):
    """A whole contract."""

    contract: ContractLine
    amended_at: Annotated[
        datetime | None, Meta(description=N_("바뀐 내용이 시작된 때. 바뀐 적이 없으면 null"))
    ]
    original: Annotated[str, Meta(description=N_("서명한 계약서 원문(PDF)의 주소"))]
    tasks: Annotated[list[TaskLine], Meta(description=N_("전략목표와 과제, 위에서 아래로"))]
    indicators: Annotated[list[IndicatorLine], Meta(description=N_("지표, 위에서 아래로"))]
    head: Annotated[
        list[HeadTaskLine],
        Meta(description=N_("기관장 성과계약의 과제, 리더십이 마지막. 기관장 성과계약이 없으면 빈 목록")),
    ]


class Indicators(Struct, frozen=True):
    """The indicators of a contract."""

    contract: str
    indicators: list[IndicatorLine]


class YearOfAgency(Struct, frozen=True):
    """A contract of an agency."""

    year: int
    contract: str
    url: Address


class AgencyLine(Struct, frozen=True):
    """An agency with its published contracts, the newest first."""

    agency_code: str
    agency: str
    agency_kind: str
    contracts: Annotated[list[YearOfAgency], Meta(description=N_("공개한 계약, 새 해부터"))]


class Agencies(Struct, frozen=True):
    """The agencies that have published contracts."""

    agencies: list[AgencyLine]


class Entry(Struct, frozen=True):
    """One field of the open data."""

    table: Annotated[str, Meta(description=N_("표의 이름"))]
    name: Annotated[str, Meta(description=N_("칸의 이름"))]
    label: Annotated[str, Meta(description=N_("한글 이름"))]
    type: Annotated[str, Meta(description=N_("형식"))]
    unit: Annotated[str, Meta(description=N_("단위"))]
    meaning: Annotated[str, Meta(description=N_("뜻"))]
    source: Annotated[str, Meta(description=N_("어디서 오는지"))]


class Dictionary(Struct, frozen=True):
    """The data dictionary."""

    fields: list[Entry]


class Problem(Struct, frozen=True):
    """Why there is no answer (RFC 9457)."""

    type: Annotated[str, Meta(description="about:blank")]
    title: Annotated[str, Meta(description=N_("상태의 이름"))]
    status: Annotated[int, Meta(description=N_("HTTP 상태"))]
    detail: Annotated[str, Meta(description=N_("무엇이 잘못되었고 어떻게 하면 되는지"))]
    instance: Annotated[str, Meta(description=N_("이 요청의 번호"))]


TABLE_OF: dict[type[Struct], Table] = {
    ContractLine: CONTRACTS,
    TaskLine: TASKS,
    IndicatorLine: INDICATORS,
    YearValue: HISTORY,
    HeadTaskLine: HEADS,
    AgencyLine: CONTRACTS,
    YearOfAgency: CONTRACTS,
    Indicators: CONTRACTS,
}
"""Where the dictionary explains the fields that say nothing of themselves."""
