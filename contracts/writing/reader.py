"""Fields taken out of the form of a goal, task or indicator one after the other, and what is wrong with which."""

from __future__ import annotations

from decimal import Decimal

from contracts.files.spreadsheet import checked
from contracts.terms.joint import read_shares
from contracts.terms.methods import SETTINGS, UNDIRECTED, Misread, Takes, read_setting
from contracts.terms.tree import ROOT_WEIGHT, Direction, Measure, Node
from contracts.writing.setting_fields import MISREAD, NOT_A_NUMBER, Form, first_field, was_sent, written
from office.decimals import number
from office.errors import Refused
from office.i18n import N_, translate

WEIGHT_PLACES = 4
NOT_SAVED = N_("저장하지 않았습니다. 표시한 칸을 고친 뒤 다시 저장해 주십시오")


class Reader:
    """Takes fields out of a form one after the other and remembers what is wrong with which."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.wrong: dict[str, str] = {}

    def finish(self) -> None:
        if self.wrong:
            raise Refused(NOT_SAVED, fields=self.wrong)

    def text(self, name: str, old: str, longest: int) -> str:
        if name not in self.form:
            return old
        # What stands already was taken once, even where it would not be taken today.
        if self.form[name].replace("\r\n", "\n").strip() == old.strip():
            return old
        text = checked(self.form[name])
        if text.wrong:
            self.wrong[name] = translate(text.wrong)
        elif len(text.text) > longest:
            self.wrong[name] = translate(N_("{n}자까지 쓸 수 있습니다. 줄여 주십시오"), n=longest)
        return text.text

    def number(self, name: str, old: Decimal | None) -> Decimal | None:
        if name not in self.form:
            return old
        typed = self.form[name].strip()
        value = number(typed) if typed else None
        if typed and value is None:
            self.wrong[name] = translate(NOT_A_NUMBER)
        return value

    def weight(self, name: str, old: Decimal | None) -> Decimal | None:
        value = self.number(name, old)
        if value is not None and not 0 <= value <= ROOT_WEIGHT:
            self.wrong[name] = translate(N_("배점은 0부터 100까지 적을 수 있습니다"))
        elif value is not None and -int(value.as_tuple().exponent) > WEIGHT_PLACES:
            self.wrong[name] = translate(N_("배점은 소수점 아래 네 자리까지 적을 수 있습니다"))
        return value

    def direction(self, old: Measure, *, fresh: bool) -> Direction:
        """The direction of the sheet; one that is rated by its figures says it itself."""
        typed = self.form.get("direction", "" if fresh else old.direction.value)
        if typed in set(Direction):
            return Direction(typed)
        if typed or old.method not in UNDIRECTED:
            self.wrong["direction"] = translate(N_("값이 커지면 좋은지 작아지면 좋은지 골라 주십시오"))
        return old.direction

    def shares(self, node: Node, agency_code: str) -> tuple[tuple[str, Decimal], ...]:
        if "shares" not in self.form:
            return node.shares
        read = read_shares(self.form["shares"])
        if isinstance(read, Misread):
            self.wrong["shares"] = translate(read.message, **read.values)
            return node.shares
        if read and agency_code not in dict(read):
            said = N_("우리 기관의 코드({code})도 적어 주십시오")
            self.wrong["shares"] = translate(said, code=agency_code)
        return read

    def settings(self, old: Measure) -> dict[str, str]:
        """The settings of the sheet: one that was not sent stays, one sent blank is none any more."""
        found = dict(old.settings)
        for setting in SETTINGS[old.method]:
            if not was_sent(setting, self.form):
                continue
            found.pop(setting.name, None)
            if not (typed := written(setting, self.form)):
                continue
            value = read_setting(setting, "" if setting.takes is Takes.YES else typed)
            if value is None:
                name = first_field(setting, f"setting-{setting.name}")
                self.wrong[name] = translate(MISREAD[setting.takes])
            else:
                found[setting.name] = value
        return found
