"""The head's own contract of one body in the demonstration: worded by its officer, reported, graded with the rest."""

from __future__ import annotations

from decimal import Decimal

from contracts.terms.tree import Direction, Kind, Measure, Method, Node
from evaluation.arithmetic.marks import Grade
from rehearsal import evidence_files
from rehearsal.cycle import own_contract
from rehearsal.material import EVALUATORS, Marks
from rehearsal.stage import Stage

AGENCY = "D05"
PROMISED = {
    "title-Q1": "입원 환자의 만족도",
    "definition-Q1": "퇴원할 때 묻는 만족도의 평균",
    "target-Q1": "88",
    "unit-Q1": "점",
    "direction-Q1": "up",
    "title-Q2": "간호사가 그만둔 비율",
    "definition-Q2": "한 해 동안 그만둔 간호사의 비율",
    "target-Q2": "12",
    "unit-Q2": "%",
    "direction-Q2": "down",
    "title-Q3": "공공 진료 협약",
    "target-Q3": "12",
    "unit-Q3": "건",
    "direction-Q3": "up",
    "title-G1": "조직 혁신",
    "definition-G1": "진료과 사이의 일을 합치고 결재 단계를 줄인 과정과 성과",
    "since": "2023-07-01",
}
REPORTED = {
    "actual-HEAD-Q1": "86.5",
    "actual-HEAD-Q2": "13",
    "actual-HEAD-Q3": "13",
    "result-HEAD-Q2": "밤 근무를 줄였지만 겨울에 그만둔 분이 많았습니다.",
    "result-HEAD-G1": "원무와 간호의 접수 창구를 하나로 합쳤습니다.",
    "leadership": "병동을 달마다 돌며 들은 말을 다음 달 회의에서 답했습니다.",
}
_GRADES = {"HEAD-G1": (Grade.B_PLUS, Grade.A_ZERO), "HEAD-L": (Grade.A_ZERO, Grade.A_PLUS, Grade.B_PLUS)}


async def promise(stage: Stage, year: int) -> None:
    """The officer words what the head promises and hands the contract in with it; the office accepts it anew."""
    officer, office = stage.of_agency("officer", AGENCY), stage.of("office")[0]
    address = f"/agency/contracts/{await own_contract(officer, year)}"
    await officer.browser.post(f"{address}/head", PROMISED | {"again": "yes"})
    await officer.browser.post(f"{address}/review/submit")
    await office.browser.post(f"{address}/review/accept")


async def report(stage: Stage, year: int) -> None:
    """The officer reports what came of it, with a file beside the first figure."""
    officer = stage.of_agency("officer", AGENCY)
    address = f"/agency/contracts/{await own_contract(officer, year)}/head"
    await officer.browser.get(address)
    await officer.browser.post(f"{address}/figures", REPORTED)
    asked = Measure(Direction.UP, Method.TARGET_RATIO, unit="점", actual=Decimal(REPORTED["actual-HEAD-Q1"]))
    task = Node("HEAD-Q1", PROMISED["title-Q1"], Kind.INDICATOR, None, measure=asked)
    file = (f"{task.title}.xlsx", evidence_files.table(task, year))
    laid = address.removesuffix("/head") + "/evidence"
    await officer.browser.post(laid, {"node": task.code, "clean": "yes"}, files={"file": file})


def marks() -> Marks:
    """Made-up grades of every evaluator for the head's graded task and for leadership."""
    return {
        (AGENCY, code, evaluator): grades[evaluator % len(grades)]
        for code, grades in _GRADES.items()
        for evaluator in range(1, EVALUATORS + 1)
    }
