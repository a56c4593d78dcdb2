"""The states of a year and the people at its door."""

from office.people import Role

STATES = ("empty", "drafting", "published", "reporting", "scoring", "voting", "tallied", "provisional")
"""`empty` is a system without a cycle; the others are the phases of one."""
ACTORS = {
    "nobody": None,
    "own-officer": (Role.OFFICER, "TR"),
    "own-head": (Role.HEAD, "TR"),
    "other-officer": (Role.OFFICER, "CU"),
    "other-head": (Role.HEAD, "CU"),
    "evaluator": (Role.EVALUATOR, None),
    "other-evaluator": (Role.EVALUATOR, None),
    "verifier": (Role.VERIFIER, None),
    "trustee": (Role.TRUSTEE, None),
    "other-trustee": (Role.TRUSTEE, None),
    "office": (Role.OFFICE, None),
}
"""`own` belongs to the body of the contract that is asked for, `evaluator` to its sheet, `trustee` to the vote."""


def since(state: str, reached: int) -> bool:
    """Whether the year has come to this state."""
    return reached >= STATES.index(state)
