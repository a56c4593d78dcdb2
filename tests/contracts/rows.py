"""Rows of a contract file, good and changed, and what is said of them."""

from __future__ import annotations

from decimal import Decimal

from contracts.files.importing import Parsed

D = Decimal

HEADER = "기관코드,기관명,기관유형,과제코드,과제,약속,투표대상,과제배점,지표코드,지표,배점,방향,단위,방법,기준값,2022,2023,목표,실적"

GOOD = "A01,예시공사,공공기관,1,교통,빨라집니다,예,100,1-1,대기시간,100,하향,분,목표 대 실적,41,44.5,41,33,32"


def lines(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def said(parsed: Parsed) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.said()) for problem in parsed.problems]
