"""Balanced assignment: never a barred pair, as many places filled as can be, loads even, fields fitting, the same each time.

The small cases are compared with every possible assignment.
"""

from collections import Counter
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.experts.balancing import Pair, Plan, Wanted, balanced, replacement

pairs_of_four = st.frozensets(st.tuples(st.integers(0, 3), st.integers(10, 13)), max_size=12)
small = st.builds(
    Wanted,
    contracts=st.integers(0, 4).map(lambda n: tuple(range(n))),
    evaluators=st.integers(1, 4).map(lambda n: tuple(range(10, 10 + n))),
    each=st.integers(1, 3),
    barred=pairs_of_four,
    fitting=pairs_of_four,
    most=st.none() | st.integers(1, 4),
    seed=st.sampled_from(["", "2026", "x"]),
)
"""Cases small enough to try everything."""


def every_assignment(wanted: Wanted) -> list[list[Pair]]:
    """All ways to give each contract at most `each` of its free evaluators, within everybody's limit."""
    choices = []
    for contract in wanted.contracts:
        free = [one for one in wanted.evaluators if (contract, one) not in wanted.barred]
        choices.append(
            [
                [(contract, one) for one in some]
                for size in range(min(wanted.each, len(free)) + 1)
                for some in combinations(free, size)
            ]
        )
    found = [[pair for part in parts for pair in part] for parts in product(*choices)]
    most = len(wanted.contracts) if wanted.most is None else wanted.most
    return [pairs for pairs in found if max(Counter(one for _, one in pairs).values(), default=0) <= most]


def squares(wanted: Wanted, pairs: list[Pair]) -> int:
    return sum(count**2 for count in Counter(one for _, one in pairs).values())


def fits(wanted: Wanted, pairs: list[Pair]) -> int:
    return sum(pair in wanted.fitting for pair in pairs)


@settings(max_examples=150, deadline=None)
@given(small)
def test_against_every_possible_assignment_it_is_the_best(wanted: Wanted) -> None:
    plan = balanced(wanted)
    pairs = list(plan.pairs)
    every = every_assignment(wanted)
    places = max(len(other) for other in every)
    assert len(pairs) == places
    full = [other for other in every if len(other) == places]
    evenest = min(squares(wanted, other) for other in full)
    assert squares(wanted, pairs) == evenest
    assert fits(wanted, pairs) == plan.fitting
    if wanted.most is None or places == wanted.each * len(wanted.contracts):
        assert plan.fitting == max(fits(wanted, o) for o in full if squares(wanted, o) == evenest)


@settings(max_examples=150, deadline=None)
@given(small)
def test_nobody_barred_nobody_twice_and_every_shortage_named(wanted: Wanted) -> None:
    plan = balanced(wanted)
    assert len(set(plan.pairs)) == len(plan.pairs)
    assert not wanted.barred & set(plan.pairs)
    seats = Counter(contract for contract, _ in plan.pairs)
    assert {short.contract for short in plan.short} == {
        contract for contract in wanted.contracts if seats[contract] < wanted.each
    }
    for short in plan.short:
        assert short.has == seats[short.contract]
        assert short.has + len(short.barred) + len(short.full) == len(wanted.evaluators)
        if wanted.most is None:
            assert not short.full
    assert plan.loads == {one: sum(e == one for _, e in plan.pairs) for one in wanted.evaluators}


@settings(max_examples=60, deadline=None)
@given(
    contracts=st.integers(0, 30),
    evaluators=st.integers(1, 12),
    each=st.integers(1, 6),
    data=st.data(),
)
def test_where_nobody_is_barred_loads_differ_by_at_most_one(
    contracts: int, evaluators: int, each: int, data: st.DataObject
) -> None:
    fitting = data.draw(
        st.frozensets(st.tuples(st.integers(0, contracts), st.integers(0, evaluators)), max_size=40)
    )
    each = min(each, evaluators)
    plan = balanced(
        Wanted(tuple(range(contracts)), tuple(range(evaluators)), each, fitting=fitting, seed="s")
    )
    assert len(plan.pairs) == contracts * each
    assert not plan.short
    assert plan.spread <= 1


@settings(max_examples=100, deadline=None)
@given(wanted=small, data=st.data())
def test_those_who_serve_already_stay_and_count(wanted: Wanted, data: st.DataObject) -> None:
    serving = {
        contract: data.draw(st.frozensets(st.sampled_from(wanted.evaluators), max_size=2))
        for contract in wanted.contracts
    }
    plan = balanced(
        Wanted(
            wanted.contracts,
            wanted.evaluators,
            wanted.each,
            serving,
            wanted.barred,
            wanted.fitting,
            wanted.most,
            wanted.seed,
        )
    )
    for contract, one in plan.pairs:
        assert one not in serving[contract]
    for contract in wanted.contracts:
        added = sum(pair[0] == contract for pair in plan.pairs)
        assert added == 0 or added + len(serving[contract]) <= wanted.each
    assert sum(plan.loads.values()) == len(plan.pairs) + sum(map(len, serving.values()))


def test_what_is_there_stays_and_only_what_is_missing_is_added() -> None:
    plan = balanced(Wanted((1, 2), (7, 8, 9), 2, {1: [7, 8], 2: [7]}))
    assert plan.pairs == ((2, 9),)


def test_others_change_places_when_the_only_free_one_is_busy() -> None:
    # Whoever comes first to the contracts 1 and 2, the only one free for 3 takes no second contract.
    for seed in map(str, range(20)):
        plan = balanced(Wanted((1, 2, 3), (7, 8, 9), 1, barred=frozenset({(3, 8), (3, 9)}), seed=seed))
        assert (3, 7) in plan.pairs
        assert plan.spread == 0


def test_nobody_may_get_more_than_the_limit_and_the_contract_left_over_says_so() -> None:
    plan = balanced(Wanted((1, 2, 3), (7, 8), 1, barred=frozenset({(3, 8)}), most=1))
    assert len(plan.pairs) == 2
    (short,) = plan.short
    assert short.has == 0
    assert {*short.barred, *short.full} == {7, 8}


def test_fields_decide_between_equally_even_assignments() -> None:
    fitting = frozenset({(1, 7), (2, 8), (3, 9), (4, 7)})
    plan = balanced(Wanted((1, 2, 3, 4), (7, 8, 9), 1, fitting=fitting))
    assert set(plan.pairs) == fitting


def test_the_seed_alone_decides_between_equals() -> None:
    def made(seed: str) -> Plan:
        return balanced(Wanted(tuple(range(12)), tuple(range(50, 58)), 3, seed=seed))

    assert made("2026") == made("2026")
    assert made("2026").pairs != made("2027").pairs


def test_a_whole_province_is_assigned() -> None:
    contracts, evaluators = tuple(range(139)), tuple(range(1000, 1030))
    barred = frozenset((c, e) for c in contracts for e in evaluators if (c * 7 + e * 3) % 11 == 0)
    fitting = frozenset((c, e) for c in contracts for e in evaluators if c % 6 == e % 6)
    plan = balanced(Wanted(contracts, evaluators, 5, barred=barred, fitting=fitting, seed="2026"))
    assert len(plan.pairs) == 139 * 5
    assert not plan.short
    assert plan.spread <= 1
    assert plan.fitting > 500


def test_a_replacement_is_the_least_loaded_who_is_free() -> None:
    wanted = Wanted((1,), (7, 8, 9, 10), 3, {1: [7]}, frozenset({(1, 8)}), seed="s")
    assert replacement(1, [7, 8, 9, 10], {7: 0, 8: 0, 9: 4, 10: 3}, wanted) == 10
    assert replacement(1, [7, 8], {}, wanted) is None
