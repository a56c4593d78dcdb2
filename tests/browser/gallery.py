"""Every component and every page of the office, drawn by the product's own templates with sample content.

`serve` answers a browser's requests from here, under the product's content security policy, without a server.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import segno
from markupsafe import Markup
from playwright.async_api import Page, Route

from office.assets import Assets
from office.errors import Refused
from office.i18n import language
from office.pages import Pages
from office.people import ROLE_LABELS, Role
from office.security import CONTENT_SECURITY_POLICY, PICTURE_POLICY
from office.settings import Settings

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "office" / "static"
HOST = "http://localhost:8000"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
NOW = datetime(2026, 11, 21, 5, 3, tzinfo=UTC)
QR = segno.make("otpauth://totp/Yaksok:kim?secret=JBSWY3DPEHPK3PXP", error="m").svg_data_uri(
    scale=4, border=3
)

CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 160"><rect width="600" height="160" fill="#fff"/>'
    '<g fill="#256ef4"><rect x="20" y="20" width="480" height="32"/><rect x="20" y="64" width="300" height="32"/>'
    '<rect x="20" y="108" width="240" height="32"/></g></svg>'
)
STEPS = [
    {"label": label, "state": "done" if i < 4 else "current" if i == 4 else "todo", "when": when}
    for i, (label, when) in enumerate(
        [
            ("계약", "1. 12. ~ 2. 27."),
            ("공개", "3. 2."),
            ("이행 보고", "7. 1. ~ 10. 30."),
            ("전문가 평가", "11. 2. ~ 11. 20."),
            ("도민 투표", "11. 21. ~ 11. 27."),
            ("개표", "11. 28."),
            ("잠정 결과", "12. 1."),
            ("확정", "12. 15."),
        ]
    )
]
TASKS = [
    (
        "버스 제시간 운행",
        "시내버스가 제시간에 오는 비율을 90%까지 올리겠습니다.",
        "86.4%까지 올렸습니다. 농어촌 노선이 늦었습니다.",
    ),
    (
        "어린이집 야간 돌봄",
        "밤 10시까지 여는 어린이집을 시·군마다 두 곳 이상 두겠습니다.",
        "15개 시·군에 34곳이 문을 열었습니다.",
    ),
    ("하천 되살리기", "도심 하천 여섯 곳의 물을 2급수로 만들겠습니다.", None),
]


def _node(kind: str, title: str, weight: str, *children: SimpleNamespace, **more: Any) -> SimpleNamespace:
    return SimpleNamespace(kind=kind, title=title, weight=Decimal(weight), children=children, **more)


NODES = [
    _node(
        "goal",
        "누구나 제시간에 안전하게 다니는 도",
        "100",
        _node(
            "task",
            "버스 제시간 운행",
            "60",
            _node("indicator", "시내버스 정시 도착률", "40", score="86.40", href="/indicators/1"),
            _node("indicator", "버스 정보 안내기 고장 시간", "20", score="100.00"),
            note="시내버스가 제시간에 오는 비율을 90%까지 올리겠습니다.",
        ),
        _node(
            "task",
            "교통사고 줄이기",
            "40",
            _node("indicator", "인구 10만 명당 교통사고 사망자 수", "40", score="71.05"),
        ),
        _node("task", "도민이 뽑은 과제: 자전거길 잇기", "0"),
    )
]
PROBLEM = Refused(
    "입력한 내용을 확인해 주십시오. 표시한 칸을 고치면 됩니다",
    fields={
        "actual": "숫자로 적어 주십시오. 보기: 86.4",
        "why": "까닭은 10자 이상 적어 주십시오",
        "agency": "기관을 골라 주십시오",
        "conflict": "둘 가운데 하나를 골라 주십시오",
    },
)
NAVIGATION = [
    ("성과계약", "/contracts", True),
    ("투표", "/elections", False),
    ("결과", "/results", False),
    ("공개 자료", "/data", False),
]
OFFICER = SimpleNamespace(id=1, name="김하나", role="office", role_label="성과관리 담당", agency=None)
SIGN_INS = [
    {
        "role_label": label,
        "name": name,
        "agency": agency,
        "email": email,
        "password": "toyoil-sanchaek",
        "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "qr": QR,
        "code": code,
    }
    for label, name, agency, email, code in [
        ("성과관리 담당", "김하나", None, "office1@example.org", "482913"),
        ("평가위원", "이두리", None, "evaluator1@example.org", "118204"),
        ("기관장", "박세찬", "교통국", "head1@example.org", None),
    ]
]
MESSAGES = [
    {
        "id": 2,
        "to": "010-2345-6789",
        "purpose": "one-time code",
        "at": NOW,
        "subject": "",
        "text": "[약속] 인증번호 482913\n3분 안에 입력해 주십시오.",
        "links": [],
        "codes": ["482913"],
        "state_label": "보냄",
        "tone": "success",
    },
    {
        "id": 1,
        "to": "010-2345-6789",
        "purpose": "invitation",
        "at": NOW,
        "subject": "[약속] 도정평가단 투표 안내",
        "text": f"투표해 주십시오.\n{HOST}/booth/2026#8Kq2hPzvW4tY7cR5mNxB3",
        "links": [f"{HOST}/booth/2026#8Kq2hPzvW4tY7cR5mNxB3"],
        "codes": [],
        "state_label": "보냄",
        "tone": "success",
    },
]
HOME = {
    "cycle": SimpleNamespace(
        title="2026년 도민이 함께 하는 성과평가",
        question="도청과 공공기관이 한 약속, 잘 지켰나요?",
        answer="지금 도정평가단 520명이 투표하고 있습니다. 11월 27일 저녁 6시에 마칩니다.",
    ),
    "steps": STEPS,
    "figures": [
        ("공개한 계약", "139", "건", "국·실 112, 공공기관 27"),
        ("과제", "211", "개", ""),
        ("지표", "413", "개", ""),
        ("투표한 도민", "312", "명", "명부의 60.0%"),
    ],
    "acts": [
        {
            "title": "투표 상황 보기",
            "text": "받은 투표지를 누구나 볼 수 있는 게시판에 올립니다. 누가 무엇을 골랐는지는 아무도 알 수 없습니다.",
            "href": "/elections/1",
            "label": "투표 상황 보기",
            "when": "11월 27일까지",
            "tone": "primary",
        },
        {
            "title": "내 표 확인하기",
            "text": "투표 확인번호로 내 투표지가 들어갔는지 확인합니다.",
            "href": "/elections/1/check",
            "label": "확인하기",
            "when": "투표한 뒤 언제든",
            "tone": "success",
        },
        {
            "title": "계약 읽기",
            "text": "기관마다 무엇을 약속했는지 원문 그대로 읽습니다.",
            "href": "/contracts",
            "label": "읽기",
            "when": "",
            "tone": "gray",
        },
    ],
    "promises": [
        {
            "title": "버스 제시간 운행",
            "agency": "교통국",
            "promise": "시내버스가 제시간에 오는 비율을 90%까지 올리겠습니다.",
            "href": "/contracts/1",
            "baseline": Decimal("80.2"),
            "target": Decimal(90),
            "actual": Decimal("86.4"),
            "unit": "%",
            "baseline_label": "2025년",
            "target_label": "올해 목표",
            "actual_label": "지금",
            "outcome": None,
            "differs": "",
        },
        {
            "title": "교통사고 줄이기",
            "agency": "안전실",
            "promise": "교통사고로 숨지는 분을 40명 아래로 줄이겠습니다.",
            "href": "/contracts/2",
            "baseline": Decimal(52),
            "target": Decimal(40),
            "actual": Decimal(38),
            "unit": "명",
            "baseline_label": None,
            "target_label": None,
            "actual_label": "2025년 실적",
            "outcome": True,
            "differs": "",
        },
    ],
    "result": None,
}
NOTHING: dict[str, Any] = {
    "cycle": None,
    "steps": [],
    "figures": [],
    "acts": [],
    "promises": [],
    "result": None,
}
ERROR = {
    "status": 404,
    "title": "찾는 화면이 없습니다",
    "what": "주소가 바뀌었거나 아직 공개되지 않았습니다.",
    "next": "첫 화면에서 찾아 주십시오.",
    "request_id": None,
    "ways": (("계약 목록 보기", "/contracts"),),
    "retry_after": None,
}
FAILURE = ERROR | {
    "status": 503,
    "title": "지금 이용자가 많습니다",
    "ways": (),
    "request_id": "4f2a90c1d37b",
    "retry_after": "30",
}
PEOPLE = [
    SimpleNamespace(
        name="김하나", role=Role.OFFICE, agency=None, email="office1@example.org", expires_at=NOW
    ),
    SimpleNamespace(name="박세찬", role=Role.HEAD, agency="B12", email="head1@example.org", expires_at=NOW),
]
WISHED = [SimpleNamespace(name="최나린", role=Role.OFFICE, email="office2@example.org", asked_by=99)]
ENTRIES = [
    SimpleNamespace(
        id=7,
        at=NOW,
        actor="office:1",
        act="people.signed-in",
        subject="",
        details={"agency": "B12"},
        hash="9f86d081884c7d65",
    )
]
SENT = [
    SimpleNamespace(
        recipient="010-2345-6789",
        purpose="one-time code",
        created_at=NOW,
        fate=SimpleNamespace(value="sent"),
        tries=1,
        error="",
    )
]

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "/forms": ("forms.html", {"problem": PROBLEM, "person": OFFICER}),
    "/data": ("data.html", {"steps": STEPS, "nodes": NODES}),
    "/ballot": ("ballot.html", {"tasks": TASKS}),
    "/home": ("home.html", HOME),
    "/home-empty": ("home.html", NOTHING | {"demonstration": False, "navigation": []}),
    "/sign-in": ("sign_in.html", {"problem": None, "email": "", "next": ""}),
    "/sign-in-refused": (
        "sign_in.html",
        {
            "problem": Refused(
                "맞지 않는 것이 있습니다",
                fields={"code": "한 번 쓴 인증번호는 다시 쓸 수 없습니다"},
            ),
            "email": "office1@example.org",
            "next": "/office",
        },
    ),
    "/join": (
        "join.html",
        {
            "problem": None,
            "email": "lee@example.org",
            "invitation": "A",
            "invited": PEOPLE[1],
            "qr": QR,
            "secret": "JBSWY3DPEHPK3PXP",
        },
    ),
    "/not-found": ("error.html", ERROR),
    "/busy": ("error.html", FAILURE),
    "/sign-ins": ("demonstration/sign_ins.html", {"sign_ins": SIGN_INS}),
    "/outbox": (
        "demonstration/outbox.html",
        {"messages": MESSAGES, "recipient": "010-2345-6789", "purpose": "", "page": 1, "pages": 3},
    ),
    "/outbox-empty": (
        "demonstration/outbox.html",
        {"messages": [], "recipient": "", "purpose": "", "page": 1, "pages": 1},
    ),
    "/people": (
        "people.html",
        {
            "people": PEOPLE,
            "waiting": PEOPLE[1:],
            "wished": WISHED,
            "roles": list(ROLE_LABELS.items()),
            "form": {},
            "problem": None,
            "person": OFFICER,
        },
    ),
    "/messages": ("messages.html", {"messages": SENT, "person": OFFICER}),
    "/journal": (
        "journal.html",
        {"lines": [(ENTRIES[0], "성과관리 담당 1", "", "로그인", "요청")], "broken": None, "person": OFFICER},
    ),
}
"""The address of every sample, its template and what the template is given."""


def environment() -> Pages:
    """The product's own template environment with the gallery's templates added."""
    settings = Settings(server_key="a key for tests alone, long enough to pass")
    return Pages(settings, [HERE / "gallery"], Assets([STATIC]), [])


def draw(pages: Pages, path: str, theme: str) -> str:
    """The sample at that address as a page."""
    template, context = SAMPLES[path]
    shown: dict[str, Any] = {
        "csrf_token": "t0ken",
        "csrf_input": Markup('<input type="hidden" name="_csrf_token" value="t0ken">'),
        "person": None,
        "lang": "ko",
        "theme": theme,
        "reading": path,
        "demonstration": True,
        "navigation": NAVIGATION,
    }
    language.set("ko")
    return pages.environment.get_template(template).render(shown | context)


async def serve(page: Page, theme: str = "light") -> None:
    """Let the browser page find the samples and the static files at HOST."""
    pages = environment()

    async def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
        if path in SAMPLES:
            await route.fulfill(body=draw(pages, path, theme), content_type="text/html", headers=headers)
            return
        if path == "/chart.svg":
            headers["Content-Security-Policy"] = PICTURE_POLICY
            await route.fulfill(body=CHART, content_type="image/svg+xml", headers=headers)
            return
        file = STATIC / path.removeprefix("/static/")
        if not path.startswith("/static/") or not file.is_file():
            await route.fulfill(status=404)
            return
        if file.suffix == ".svg":
            headers["Content-Security-Policy"] = PICTURE_POLICY
        await route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix], headers=headers)

    await page.route("**/*", answer)
