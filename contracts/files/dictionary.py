"""The data dictionary: every field that open data holds, with its type, unit, meaning and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from contracts.files.columns import COLUMNS, NUMBERS
from office.i18n import N_

TEXT, NUMBER, WHOLE, YES, DAY = N_("글"), N_("수"), N_("정수"), N_("예/아니오"), N_("날짜와 시각")
SIGNED, REPORTED, CHECKED, COUNTED, GIVEN = (
    N_("서명한 계약"),
    N_("기관의 실적 보고"),
    N_("실적 확인"),
    N_("다른 칸에서 셈함"),
    N_("시스템이 붙임"),
)
POINTS = N_("점")
OWN_UNIT = N_("지표의 단위")


@dataclass(frozen=True, slots=True)
class Field:
    """One field; all but `name` are Korean source texts."""

    name: str
    label: str
    type: str
    unit: str
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the open data."""

    name: str
    label: str
    meaning: str
    fields: tuple[Field, ...]


_CONTRACT = Field(
    "contract", N_("계약 번호"), TEXT, "", N_("계약의 영구 번호. 주소 /contracts/번호 로 열립니다"), GIVEN
)
_AGENCY_CODE = Field(
    "agency_code", N_("기관 코드"), TEXT, "", N_("해가 바뀌어도 그대로인 기관의 코드"), SIGNED
)
_AGENCY = Field("agency", N_("기관"), TEXT, "", N_("기관의 이름"), SIGNED)
_CODE = Field("code", N_("코드"), TEXT, "", N_("계약 안에서 이 항목만의 코드"), SIGNED)
_PARENT = Field("parent", N_("위 항목 코드"), TEXT, "", N_("바로 위 항목의 코드. 비어 있으면 맨 위"), SIGNED)
_TITLE = Field("title", N_("이름"), TEXT, "", N_("항목의 이름"), SIGNED)
_WEIGHT = Field("weight", N_("배점"), NUMBER, POINTS, N_("100점 가운데 이 항목의 점수"), SIGNED)
_DIRECTION = Field("direction", N_("방향"), TEXT, "", N_("up 클수록 좋음, down 작을수록 좋음"), SIGNED)
_TARGET = Field("target", N_("목표"), NUMBER, OWN_UNIT, N_("올해 이루겠다고 한 값"), SIGNED)
_ACTUAL = Field("actual", N_("실적"), NUMBER, OWN_UNIT, N_("올해 잰 값. 비어 있으면 아직 보고하지 않음"), REPORTED)  # fmt: skip
_CHECK = Field("check", N_("실적 확인"), TEXT, "", N_("ok 맞음, differs 확인 결과와 다름, unclear 확인할 수 없음. 비어 있으면 아직 확인하지 않음"), CHECKED)  # fmt: skip
_FOUND = Field("found", N_("확인한 값"), NUMBER, OWN_UNIT, N_("실적 확인 담당이 실적 대신 찾은 값. 다르지 않거나 값을 찾지 못했으면 비어 있음"), CHECKED)  # fmt: skip
_UNIT = Field("unit", N_("단위"), TEXT, "", N_("기준값, 목표, 실적의 단위"), SIGNED)

CONTRACTS: Final = Table(
    "contracts",
    N_("계약"),
    N_("한 기관이 한 해에 맺은 계약마다 한 줄"),
    (
        _CONTRACT,
        Field("year", N_("연도"), WHOLE, N_("년"), N_("평가주기의 해"), SIGNED),
        _AGENCY_CODE,
        _AGENCY,
        Field("agency_kind", N_("기관 유형"), TEXT, "", N_("비슷한 기관을 묶는 이름"), SIGNED),
        Field("published_at", N_("공개한 때"), DAY, N_("UTC"), N_("계약을 공개한 시각"), GIVEN),
        Field("fingerprint", N_("지문"), TEXT, "", N_("양쪽이 서명한 내용의 SHA-256"), COUNTED),
        Field("state", N_("이행 상태"), TEXT, "", N_("waiting 실적 보고 전, reported 실적 보고 마침, met 목표를 모두 이룸"), COUNTED),
        Field("tasks", N_("과제 수"), WHOLE, N_("개"), N_("약속한 과제의 수"), COUNTED),
        Field("indicators", N_("지표 수"), WHOLE, N_("개"), N_("지표의 수"), COUNTED),
        Field("weight", N_("배점 합"), NUMBER, POINTS, N_("맨 위 항목 배점의 합(100)"), COUNTED),
        Field("with_target", N_("목표가 있는 지표"), WHOLE, N_("개"), N_("목표를 숫자로 정한 지표의 수"), COUNTED),
        Field("reached", N_("이룬 목표"), WHOLE, N_("개"), N_("실적이 목표에 이른 지표의 수"), COUNTED),
        Field("missed", N_("못 이룬 목표"), WHOLE, N_("개"), N_("실적이 목표에 못 미친 지표의 수"), COUNTED),
        Field("doubted", N_("따로 센 목표"), WHOLE, N_("개"), N_("목표와 실적이 있으나 실적이 확인 결과와 다르거나 확인할 수 없는 지표의 수. 이룬 목표에도 못 이룬 목표에도 넣지 않습니다"), COUNTED),
    ),
)  # fmt: skip
TASKS: Final = Table(
    "tasks",
    N_("과제"),
    N_("전략목표와 과제마다 한 줄"),
    (
        _CONTRACT,
        _AGENCY_CODE,
        _AGENCY,
        Field("kind", N_("구분"), TEXT, "", N_("goal 전략목표, task 과제"), SIGNED),
        _CODE,
        _PARENT,
        _TITLE,
        _WEIGHT,
        Field("below", N_("아래 배점 합"), NUMBER, POINTS, N_("바로 아래 항목 배점의 합. 아래가 있으면 배점과 같습니다"), COUNTED),
        Field("promise", N_("약속"), TEXT, "", N_("도민에게 한 문장으로 한 약속"), SIGNED),
        Field("result", N_("이행 결과"), TEXT, "", N_("한 해가 지나 무엇이 되었는지"), REPORTED),
        Field("on_ballot", N_("투표 대상"), YES, "", N_("도민투표의 투표지에 오르는지"), SIGNED),
        Field("shares", N_("협업기관"), TEXT, "%", N_("함께 맡은 기관의 코드와 몫. 주관 기관이 먼저"), SIGNED),
    ),
)  # fmt: skip
INDICATORS: Final = Table(
    "indicators",
    N_("지표"),
    N_("지표마다 한 줄. 지표의 정의서와 같은 내용"),
    (
        _CONTRACT,
        _AGENCY_CODE,
        _AGENCY,
        _CODE,
        _PARENT,
        _TITLE,
        _WEIGHT,
        _DIRECTION,
        _UNIT,
        Field("method", N_("방법"), TEXT, "", N_("점수 매기는 방법의 이름(docs/formats.md)"), SIGNED),
        Field("settings", N_("방법 설정"), TEXT, "", N_("방법에 정해 준 값"), SIGNED),
        Field("baseline", N_("기준값"), NUMBER, OWN_UNIT, N_("견주는 출발점"), SIGNED),
        _TARGET,
        _ACTUAL,
        Field("reached", N_("목표 달성"), YES, "", N_("실적이 목표에 이르렀는지. 목표나 실적이 없거나, 실적이 확인 결과와 다르거나 확인할 수 없으면 비어 있음"), COUNTED),
        _CHECK,
        _FOUND,
        Field("definition", N_("정의"), TEXT, "", N_("무엇을 재는지"), SIGNED),
        Field("formula", N_("산식"), TEXT, "", N_("어떻게 셈하는지"), SIGNED),
        Field("source", N_("자료 출처"), TEXT, "", N_("어느 자료에서 오는지"), SIGNED),
        Field("supplied_by", N_("자료를 내는 곳"), TEXT, "", N_("실적을 내는 부서나 기관"), SIGNED),
        Field("checked_by", N_("자료를 확인하는 곳"), TEXT, "", N_("실적을 확인하는 부서나 기관"), SIGNED),
    ),
)  # fmt: skip
HISTORY: Final = Table(
    "history",
    N_("연도별 값"),
    N_("지표와 해마다 한 줄. 계약에 적은 지난 값"),
    (
        _CONTRACT,
        _AGENCY_CODE,
        _CODE,
        Field("year", N_("연도"), WHOLE, N_("년"), N_("값을 잰 해"), SIGNED),
        Field("value", N_("값"), NUMBER, OWN_UNIT, N_("그 해의 실적"), SIGNED),
        _UNIT,
    ),
)
HEADS: Final = Table(
    "heads",
    N_("기관장 과제"),
    N_("기관장 성과계약의 과제마다 한 줄. 리더십이 마지막. 기관장 성과계약이 없으면 줄도 없음"),
    (
        _CONTRACT,
        _AGENCY_CODE,
        _AGENCY,
        Field("since", N_("취임일"), TEXT, "", N_("기관장이 취임한 날(2026-01-31처럼). 이름은 어디에도 적지 않습니다"), REPORTED),
        _CODE,
        _TITLE,
        Field("weight", N_("비중"), NUMBER, "", N_("같은 방법의 기관장 과제 가운데 이 과제의 무게. 배점이 아닙니다. 리더십은 비어 있음"), SIGNED),
        Field("method", N_("방법"), TEXT, "", N_("target_ratio 달성률로 셈함, nine_grade 평가위원이 9등급으로 평정함"), SIGNED),
        Field("definition", N_("정의"), TEXT, "", N_("무엇을 재거나 보는지"), SIGNED),
        _DIRECTION,
        _UNIT,
        _TARGET,
        _ACTUAL,
        Field("attained", N_("달성률"), NUMBER, "%", N_("목표에 견준 실적. 0부터 100까지, 작을수록 좋으면 목표 ÷ 실적. 목표나 실적이 없거나, 실적이 확인 결과와 다르거나 확인할 수 없으면 비어 있음"), COUNTED),
        _CHECK,
        _FOUND,
        Field("result", N_("이행 결과"), TEXT, "", N_("한 해가 지나 무엇이 되었는지"), REPORTED),
    ),
)  # fmt: skip
_MEANINGS: Final[dict[str, str]] = {
    "agency_code": _AGENCY_CODE.meaning,
    "agency": _AGENCY.meaning,
    "kind": N_("비슷한 기관을 묶는 이름"),
    "goal_code": N_("전략목표의 코드"),
    "goal": N_("전략목표의 이름"),
    "task_code": N_("과제의 코드"),
    "task": N_("과제의 이름"),
    "shares": N_("함께 맡은 기관의 코드와 몫. 주관 기관이 먼저"),
    "task_weight": N_("과제의 배점. 그 지표 배점의 합"),
    "indicator_code": N_("지표의 코드"),
    "indicator": N_("지표의 이름"),
    "settings": N_("방법에 정해 준 값. 이름=값을 ;로 나눔"),
    "method": N_("점수 매기는 방법"),
    "direction": N_("상향(클수록 좋음) 또는 하향(작을수록 좋음)"),
}


def _written(name: str) -> Field:
    """A column of the file contracts are written in, explained as the field it holds."""
    known = {field.name: field for table in (INDICATORS, TASKS) for field in table.fields}.get(name)
    points = name in ("weight", "task_weight")
    unit = POINTS if points else known.unit if known and name in NUMBERS else ""
    return Field(
        name,
        COLUMNS[name],
        NUMBER if name in NUMBERS else YES if name == "on_ballot" else TEXT,
        unit,
        _MEANINGS.get(name) or (known.meaning if known else COLUMNS[name]),
        known.source if known else SIGNED,
    )


FORM: Final = Table(
    "contract",
    N_("계약 파일"),
    N_("계약을 올릴 때 쓰는 양식. 지표마다, 지표가 없는 과제마다 한 줄"),
    (
        *map(_written, COLUMNS),
        Field(
            "above1, above2, …",
            N_("상위목표1, 상위목표2, …"),
            TEXT,
            "",
            N_("전략목표 위의 목표. 바깥 목표부터 한 칸씩. 코드는 above1_code, above2_code, …"),
            SIGNED,
        ),
        Field("2021, 2022, …", N_("연도"), NUMBER, OWN_UNIT, N_("지난 해마다 한 칸. 그 해의 실적"), SIGNED),
    ),
)
TABLES: Final = (CONTRACTS, TASKS, INDICATORS, HISTORY, HEADS)
"""The tables of rows; FORM holds the same once more, in the shape contracts are handed in."""


def names_in(table: Table) -> list[str]:
    """The head of its CSV file."""
    return [field.name for field in table.fields]


def every_field() -> Iterator[tuple[Table, Field]]:
    """The whole dictionary, table after table."""
    for table in (*TABLES, FORM):
        for field in table.fields:
            yield table, field
