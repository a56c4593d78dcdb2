"""Rows of a published evaluation put together as a tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from evaluation.published.scores import Item

_NUMBERED, _BELOW = re.compile(r"\d+\."), re.compile(r"\d+\)")


def nested(listed: Sequence[tuple[int, Item]]) -> tuple[Item, ...]:
    """The listed items as a tree: each belongs to the last one before it that stands higher."""
    made: list[Item] = []
    at = 0
    while at < len(listed):
        level, item = listed[at]
        end = at + 1
        while end < len(listed) and listed[end][0] > level:
            end += 1
        made.append(replace(item, children=nested(listed[at + 1 : end])))
        at = end
    return tuple(made)


class Group:
    """A heading while its rows are gathered; `printed` is its subtotal row."""

    def __init__(self) -> None:
        self.printed: Item | None = None
        self.below: dict[str, Group] = {}
        self.items: list[Item | str] = []
        """Leaves, and the names of groups below, in the order of the sheet."""

    def group(self, name: str) -> Group:
        if name not in self.below:
            self.below[name] = Group()
            self.items.append(name)
        return self.below[name]

    def reached(self, names: Sequence[str]) -> Group:
        """The group at the end of a path, made where it is new."""
        group = self
        for name in names:
            group = group.group(name)
        return group

    def frozen(self) -> tuple[Item, ...]:
        listed = [self.below[each].as_item(each) if isinstance(each, str) else each for each in self.items]
        return _numbered(listed)

    def as_item(self, name: str) -> Item:
        children = self.frozen()
        printed = self.printed or Item(children[0].row if children else 0, name)
        return replace(printed, name=name, children=children)


def _numbered(listed: Sequence[Item]) -> tuple[Item, ...]:
    """Brothers of which `1)`, `2)` are parts of the `1.` before them."""
    made: list[Item] = []
    for item in listed:
        if made and _BELOW.match(item.name) and _NUMBERED.match(made[-1].name):
            made[-1] = replace(made[-1], children=(*made[-1].children, item))
        else:
            made.append(item)
    return tuple(made)
