"""What the journal keeps of an act is shown in words, not as it lies in the database."""

import ast
from collections.abc import Iterator

from office.details import LABELS, told
from tests.office.test_acts import DEPARTMENTS, PROJECT


def kept(source: str) -> Iterator[str]:
    """The names of details written out in calls of `journal.record`."""
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "record" and len(call.args) >= 4:
            yield from (keyword.arg for keyword in call.keywords if keyword.arg)


def test_every_detail_of_the_source_has_a_name() -> None:
    files = [path for department in DEPARTMENTS for path in (PROJECT / department).rglob("*.py")]
    names = {name for path in files for name in kept(path.read_text(encoding="utf-8"))}
    assert len(names) > 30
    assert sorted(names - set(LABELS)) == []


def test_lists_tables_and_fingerprints_are_written_out() -> None:
    assert told({"contracts": ["2026-TR", "2026-CU"], "n": 2}) == "계약: 2026-TR, 2026-CU · 개수: 2"
    assert told({"days": {"published": "2026-03-02"}}) == "날짜: 계약 공개 2026-03-02"
    assert told({"on": True, "reason": ""}) == "켬: 예 · 까닭: 없음"
    assert told({"sha256": "ab" * 32, "left": "drafting"}) == "지문: abababababab… · 앞 단계: 계약 작성"
    assert told({"changed": [{"code": "I-1"}, ["가", 1]]}) == "바꿈: (항목 I-1), (가, 1)"
    assert told({}) == ""
