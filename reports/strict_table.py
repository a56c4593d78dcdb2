"""A table of a TOML file, read strictly: nothing is optional, nothing unknown is passed over, every refusal names its key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from office.errors import Refused
from office.i18n import N_

MOST_POINTS = Decimal(100)
MAXIMUM_PLACES = 6
MONTHS = 12


class Table:
    """A table of the file, read strictly; every refusal names the key."""

    def __init__(self, at: str, values: Mapping[str, Any]) -> None:
        self.at = at
        self.values = values

    def only(self, keys: Collection[str]) -> None:
        if unknown := sorted(set(self.values) - set(keys)):
            names = ", ".join(self.at + key for key in unknown)
            raise Refused(N_("평가규칙에 모르는 항목이 있습니다: {names}"), names=names)
        if missing := sorted(set(keys) - set(self.values)):
            names = ", ".join(self.at + key for key in missing)
            raise Refused(N_("평가규칙에 빠진 항목이 있습니다: {names}"), names=names)

    def table(self, key: str) -> Table:
        value = self.values[key]
        if not isinstance(value, dict):
            raise self._wrong(key)
        return Table(f"{self.at}{key}.", value)

    def text(self, key: str) -> str:
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(key)
        return value

    def one_of(self, key: str, allowed: Collection[str]) -> str:
        value = self.values[key]
        if not isinstance(value, str) or value not in allowed:
            message = N_("평가규칙의 {key}에는 다음 가운데 하나만 쓸 수 있습니다: {allowed}")
            raise Refused(message, key=self.at + key, allowed=", ".join(sorted(allowed)))
        return value

    def places(self, key: str) -> int:
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAXIMUM_PLACES:
            raise self._wrong(key)
        return value

    def weight(self, key: str) -> Decimal:
        weight = self.points(key)
        if not weight:
            raise self._wrong(key)
        return weight

    def points(self, key: str) -> Decimal:
        value = self.values[key]
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            raise self._wrong(key)
        points = Decimal(value)
        if not points.is_finite() or not 0 <= points <= MOST_POINTS:
            raise self._wrong(key)
        return points

    def falling(self, key: str, count: int) -> tuple[Decimal, ...]:
        """Limits from the highest down, each lower than the one before."""
        found = self.values[key]
        if not isinstance(found, list) or len(found) != count:
            raise self._wrong(key)
        limits = tuple(Table(self.at, {key: each}).points(key) for each in found)
        if any(low >= high for high, low in pairwise(limits)):
            raise self._wrong(key)
        return limits

    def months(self, key: str) -> int:
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MONTHS:
            raise self._wrong(key)
        return value

    def chosen(self, key: str, allowed: Collection[str]) -> list[str]:
        """A list that is not empty, of nothing but what is allowed."""
        value = self.values[key]
        if not isinstance(value, list) or not value or not set(map(str, value)) <= set(allowed):
            raise self._wrong(key)
        return [str(each) for each in value]

    def _wrong(self, key: str) -> Refused:
        return Refused(N_("평가규칙의 {key} 값을 쓸 수 없습니다"), key=self.at + key)
