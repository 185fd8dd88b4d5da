"""The file ``runs.yaml``: the runs of the day (docs/runs.md)."""

from __future__ import annotations

from app.domain.errors import Invalid
from app.domain.receivables.collecting import FACTS
from app.domain.runs import Each, RunRules, WorklistRules
from schemas.constants import listed, nearest
from schemas.ruleset.checking import EachOf, Inside, Keys, Named, One, Several
from schemas.ruleset.faults import Faults
from schemas.ruleset.words import IDENTIFIER, text
from schemas.text import Block, read

_WORDS = Inside(Keys("label", "", {"en": One(), "zh": One()}, {}))
_NAMED = ("owner", "otherwise", "action", "amount", "next", "worst_by")
_WORK = Inside(
    Keys(
        "worklist",
        "",
        {"outcomes": Several("outcome"), **{one: One() for one in _NAMED}},
        {"shows": Several()},
    )
)
_RUN = Keys(
    "run",
    "",
    {"label": _WORDS, "policy": One(), "each": One(), "worklist": _WORK},
    {
        "facts": Named(),
        "needs": Several(),
        "decided_when_known": One(),
        "decided_when_changed": Several(),
        "decided_on_signals": One(),
    },
)


def read_run_rules(source: bytes) -> dict[str, RunRules]:
    """The runs that ``source`` (YAML) describes, by name; raises ``Invalid`` with one problem a fault."""
    block, faults = read(source), Faults()
    EachOf(_RUN).check(block, "the file", "", faults)
    _raise(faults)
    found = {}
    for name, one in block.items():
        with faults.noted(name):
            found[str(name)] = _run(str(name), one)
    _raise(faults)
    return found


def _run(name: str, one: Block) -> RunRules:
    if not IDENTIFIER.fullmatch(name):
        raise ValueError(f"`{name}` is no name of a run; write lower-case words joined by -, such as reviews")
    kinds = [each.value for each in Each]
    if one["each"] not in kinds:
        raise ValueError(f"`{name}`: each is one of {listed(kinds)}")
    facts = {str(fact): str(said) for fact, said in one.get("facts", Block()).items()}
    for said in facts.values():
        if said not in FACTS:
            raise ValueError(f"`{said}` is not said of an invoice{nearest(said, list(FACTS))}")
    if facts and one["each"] != Each.INVOICE:
        raise ValueError(f"`{name}`: facts are of invoices; leave them out for customers")
    if one.get("decided_on_signals", "no") not in ("yes", "no"):
        raise ValueError(f"`{name}`: decided_on_signals is yes or no")
    known = one.get("decided_when_known")
    return RunRules(
        name,
        text(one["label"]),
        str(one["policy"]),
        Each(str(one["each"])),
        _worklist(one["worklist"]),
        facts,
        tuple(map(str, one.get("needs", ()))),
        None if known is None else str(known),
        tuple(map(str, one.get("decided_when_changed", ()))),
        one.get("decided_on_signals", "no") == "yes",
    )


def _worklist(work: Block) -> WorklistRules:
    owner, otherwise, action, amount, following, worst_by = (str(work[key]) for key in _NAMED)
    outcomes, shows = frozenset(map(str, work["outcomes"])), tuple(map(str, work.get("shows", ())))
    return WorklistRules(outcomes, owner, otherwise, action, amount, following, worst_by, shows)


def _raise(faults: Faults) -> None:
    try:
        faults.raise_any()
    except Invalid as error:
        number = len(error.problems)
        title = f"The runs cannot be used: {number} fault{'s' * (number > 1)}"
        raise Invalid(title, error.problems) from None
