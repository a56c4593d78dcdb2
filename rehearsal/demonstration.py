"""The demonstration: last year's cycle played to its end, this year's up to the open vote, next year's just begun."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from office.i18n import N_
from rehearsal import cycle, next_year, past_years, voting
from rehearsal.keys import Key
from rehearsal.material import EVALUATORS
from rehearsal.one_year import OPEN_SHEETS, TRUSTEES, VOTED, VOTERS, OneYear
from rehearsal.promises import demonstration_contracts
from rehearsal.stage import Progress, Stage
from rehearsal.story import PAST_SHEETS
from rehearsal.years import LAST, NEXT, THIS, a_year_before

__all__ = ["LAST", "OPEN_SHEETS", "THIS", "Demonstration", "fill"]

MORE_OFFICERS = 1
"""Beside the two the operator invites: a third code, so that nobody waits for the next one."""
PASSPHRASE = "시연에만 쓰는 암호문장"  # noqa: S105 - printed beside the files, for visitors
"""Of every published key file; a real one is chosen by its owner and stands nowhere."""
ROLE_LABELS = {
    "office": N_("성과관리 담당"),
    "officer": N_("기관 담당자"),
    "head": N_("기관장"),
    "evaluator": N_("평가위원"),
    "trustee": N_("개표관리인"),
    "verifier": N_("실적 확인 담당"),
}
HINTS = {
    "office.1": N_(
        "올해 투표가 열려 있고 내년 계약을 받는 중입니다. 투표를 닫거나 결과를 공개하려면 담당 두 사람이 눌러야 합니다."
    ),
    "office.2": N_("성과관리 담당 1이 먼저 누른 일에 두 번째로 동의할 수 있습니다."),
    "officer.1": N_("가점, 증빙자료, 소명과 평가 의견에 대한 답변이 있는 계약입니다."),
    "officer.2": N_("변경이 승인되어 바뀌기 전과 뒤를 견주어 볼 수 있는 계약입니다."),
    "officer.3": N_("내년 계약을 쓰는 중입니다. 이어서 써 볼 수 있습니다."),
    "officer.4": N_("내년 계약을 내고 검토를 기다립니다. 올해 실적 하나는 확인에서 고쳐졌습니다."),
    "officer.5": N_("평가위원 한 사람을 기피했고, 목표를 낮추려던 변경 요청은 받아들여지지 않았습니다."),
    "officer.6": N_("실적 하나가 비어 있고, 하나는 확인할 수 없다고 되어 있는 계약입니다."),
    "evaluator.1": N_("평가표를 모두 냈고 지표마다 의견을 적었습니다."),
    "evaluator.2": N_("이해관계가 있어 한 기관의 평가에서 스스로 물러났습니다."),
    "evaluator.3": N_(
        "올해 평가표가 열려 있어 직접 평정해 볼 수 있고, 내년 계약의 난이도도 매길 수 있습니다."
    ),
    "evaluator.4": N_("자문한 기관을 알려 그 기관의 평가에서 빠졌습니다."),
    "verifier.1": N_("올해 확인을 마쳤습니다. 값이 달랐던 실적과 확인할 수 없던 실적이 남아 있습니다."),
}
"""What a visitor finds with whose sign-in, by the beginning of the address."""


@dataclass(frozen=True)
class Demonstration:
    """What the filling leaves for the page of sign-ins: people, and the trustees' key files of this year's vote."""

    sign_ins: list[dict[str, str]]
    keys: list[Key]

    def write(self, path: Path) -> None:
        """Keep the sign-ins (they are made up, and the database is a demonstration's) and the key files beside them."""
        entries = [dict(entry) for entry in self.sign_ins]
        for place, key in enumerate(self.keys, start=1):
            name = f"trustee-{place}.key.json"
            (path.parent / name).write_text(key.file(PASSPHRASE), encoding="utf-8")
            owner = next(entry for entry in entries if entry["name"] == key.trustee)
            owner |= {"key_file": name, "key_passphrase": PASSPHRASE}
        path.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")


async def fill(base_url: str, bootstrap: list[tuple[str, str]], say: Callable[[str], None]) -> Demonstration:
    """Play the years against a running application in demonstration mode with an empty database."""
    stage = Stage(base_url, Progress(say))
    try:
        trees = demonstration_contracts()
        async with stage.progress.scene("people come in"):
            await cycle.come_in(stage, bootstrap)
            agencies = [(tree.agency_code, tree.agency) for tree in trees]
            await cycle.everybody_comes(
                stage, agencies, evaluators=EVALUATORS, trustees=TRUSTEES, officers=MORE_OFFICERS
            )
        async with stage.progress.scene(f"the cycle of {LAST}"):
            last = OneYear(stage, LAST, a_year_before(trees), random.Random(LAST))  # noqa: S311 - made-up data
            await last.contracts()
            await last.figures()
            await last.marks()
            uuid, keys = await last.vote(VOTERS - 3)
            await voting.count(stage, uuid, keys)
            await last.result()
        async with stage.progress.scene(f"the cycle of {THIS}, up to the open vote"):
            this = OneYear(stage, THIS, trees, random.Random(THIS))  # noqa: S311 - made-up data
            await this.contracts()
            await past_years.bring_in(stage, THIS, PAST_SHEETS)
            await this.figures()
            await this.marks()
            _, keys = await this.vote(VOTED)
        async with stage.progress.scene(f"the cycle of {NEXT} begins"):
            await next_year.begin(stage, random.Random(NEXT))  # noqa: S311 - made-up data
        return Demonstration(_sign_ins(stage), keys)
    finally:
        await stage.close()


def _sign_ins(stage: Stage) -> list[dict[str, str]]:
    order = list(ROLE_LABELS)
    return [
        {
            "role": actor.role,
            "role_label": ROLE_LABELS[actor.role],
            "name": actor.name,
            "agency": actor.agency,
            "email": actor.email,
            "password": actor.password,
            "secret": actor.secret,
            "hint": HINTS.get(actor.email.partition("@")[0], ""),
        }
        for actor in sorted(stage.actors, key=lambda actor: order.index(actor.role))
    ]
