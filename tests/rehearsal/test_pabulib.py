"""Real ballots of participatory budgeting are read exactly; what is not k-of-n is refused by name."""

import json
from collections import Counter
from pathlib import Path

import pytest

from rehearsal.pabulib import BallotFile, NotTheseBallots, read_ballots
from tests.data import acceptance_data

K_OF_N = (
    "France_Toulouse_2022_12_-_Pont_des_Demoiselles_Ormeau_Montaudran_La_Terrasse_Malepere",
    "Hungary_Budapest_2022_VIII_Jozsefvaros",
    "Hungary_Budapest_2025_VIII_Jozsefvaros",
    "Poland_Gdynia_2025_Pogorze__large",
    "Poland_Gdynia_2025_Redlowo__small",
    "Poland_Lodz_2025_Nr_33",
    "Poland_Swiecie_2023",
    "Poland_Warszawa_2026_Blonia_Wilanowskie",
    "Poland_Warszawa_2026_Muranow_Nowe_Miasto_Stare_Miasto",
    "Poland_Warszawa_2026_Wesola",
    "Poland_Zabrze_2020_Guido",
    "Worldwide_Mechanical_Turk_k_approval_7",
)
SMALL = """META
key;value
vote_type;approval
max_length;2
PROJECTS
project_id;name
a;첫째
b;둘째
c;셋째
VOTES
voter_id;vote
1;a,b
2;a,a
3;a,b,c
4;d
5;
"""


def counted(ballots: BallotFile) -> dict[str, int]:
    votes = Counter({project.id: 0 for project in ballots.projects})
    for ballot in ballots.ballots:
        votes.update(ballots.projects[position].id for position in ballot.picks)
    return dict(votes)


@pytest.mark.parametrize("name", K_OF_N)
def test_strict_counts_of_real_files_equal_the_published_key(name: str) -> None:
    ballots = read_ballots(acceptance_data(f"ballots/{name}.pb"))
    key = json.loads(acceptance_data(f"ballots/{name}.expected.json").read_text())
    assert counted(ballots) == key["strict_votes"]
    assert sum(ballots.refused.values()) == key["strict_rejected_ballots"]
    assert ballots.read == key["n_ballots"]
    assert (ballots.minimum, ballots.maximum) == (key["min_choices"], key["max_choices"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Poland_Czestochowa_2020_Lisiniec", "cumulative"), ("Poland_Krakow_2021_Bienczyce", "ordinal")],
)
def test_other_kinds_of_vote_are_refused_by_name(name: str, kind: str) -> None:
    with pytest.raises(NotTheseBallots, match=rf"{name}.*'{kind}'"):
        read_ballots(acceptance_data(f"ballots/{name}.pb"))


def test_a_ballot_that_breaks_the_rules_is_refused_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "small.pb"
    path.write_text(SMALL, encoding="utf-8")
    ballots = read_ballots(path)
    assert ballots.refused == {"repeats an option": 1, "too many options": 1, "names an unknown option": 1}
    assert [ballot.picks for ballot in ballots.ballots] == [(0, 1), ()]
    assert ballots.minimum == 0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("vote_type;approval\n", "", "vote_type is 'missing'"),
        ("VOTES\n", "", "no section VOTES"),
        ("b;둘째", "a;둘째", "repeated"),
        ("max_length;2", "max_length;two", "not a number"),
        ("max_length;2", "min_length;3\nmax_length;2", "do not fit"),
        ("voter_id;vote", "voter_id;choice", "no column 'vote'"),
    ],
)
def test_a_file_out_of_format_says_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "wrong.pb"
    path.write_text(SMALL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(NotTheseBallots, match=said):
        read_ballots(path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.pb"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NotTheseBallots, match="UTF-8"):
        read_ballots(path)
