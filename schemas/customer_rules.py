"""The file ``customer-file.yaml``: kinds of signals, and what fills the file (docs/customer-file.md)."""

from __future__ import annotations

import re
from typing import Any

from app.domain.calendar import FIRST_DAY, LAST_DAY
from app.domain.customer_rules import AS_OF, CustomerRules, Shared, Written, WrittenBack
from app.domain.declarations import FactSpec, OutcomeKind
from app.domain.errors import Invalid
from app.domain.signals import How, SignalFact
from app.domain.values import Kind
from schemas.constants import listed, nearest
from schemas.ruleset.checking import Anything, EachOf, Inside, Keys, ListOf, Named, One, Several
from schemas.ruleset.faults import Faults
from schemas.ruleset.value_types import OUTPUT_ONLY, PARAMETER_ONLY, flag, value_type
from schemas.ruleset.words import IDENTIFIER, NAME, text
from schemas.text import Block, Items, read

_WORDS = Keys("signal", "", {"en": One(), "zh": One()}, {})
_MOST_DAYS = 36_600
_DAYS = re.compile("[0-9]{1,5}")
_SIGNALS = Keys(
    "fact",
    "",
    {"source": One()},
    {
        **{one.value: Several() for one in How if one is not How.LATEST},
        How.LATEST.value: Named(),
        "days": One(),
        "before": One(),
        "checked_by": Several(),
        "checked_days": One(),
        "otherwise": One(),
    },
)
_DECIDED = Keys(
    "entry",
    "policy",
    {"policy": One(), "facts": Anything()},
    {"outcomes": Several(), "outcome_kinds": Several(), "reasons": Several("reason")},
)
_TAKEN = Inside(Keys("fact", "", {}, {"take": One(), "before": One(), "when_changes": One()}))
_SHARED = Keys("entry", "policy", {"policy": One(), "facts": Several(), "days": One()}, {})
_FACT = Keys(
    "fact",
    "",
    {"type": One(), "label": Inside(_WORDS)},
    {"values": Anything(), "decimals": One(), "sensitive": One()},
)
_FILE = Keys(
    "customer file",
    "",
    {},
    {
        "facts": EachOf(_FACT),
        "not_for_sales": Several(),
        "signals": EachOf(_WORDS),
        "facts_from_signals": EachOf(_SIGNALS),
        "facts_from_receivables": Named(),
        "facts_from_decisions": ListOf(_DECIDED, may_be_empty=True),
        "recalled_of_customer": ListOf(_SHARED, may_be_empty=True),
    },
)


def read_customer_rules(source: bytes) -> CustomerRules:
    """What ``source`` (YAML) says; raises ``Invalid`` with one problem a fault."""
    block, faults = read(source), Faults()
    _FILE.check(block, "the file", "", faults)
    _raise(faults)
    facts = _facts(block.get("facts", Block()), faults)
    kinds = {str(name): text(words) for name, words in block.get("signals", Block()).items()}
    for name in kinds:
        if not IDENTIFIER.fullmatch(name):
            faults.at(block, f"`{name}` is no kind; write lower-case words joined by -, such as parent-loss")
    signals: dict[str, SignalFact] = {}
    for name, one in block.get("facts_from_signals", Block()).items():
        with faults.noted(name):
            signals[str(name)] = _signal_fact(name, one, kinds)
    receivables = {
        str(name): str(measure) for name, measure in block.get("facts_from_receivables", Block()).items()
    }
    decided = []
    for one in block.get("facts_from_decisions", Items()):
        with faults.noted(one):
            decided.append(_written_back(one, faults))
    shared = {}
    for one in block.get("recalled_of_customer", Items()):
        with faults.noted(one):
            policy = str(one["policy"])
            shared[policy] = Shared(policy, frozenset(map(str, one["facts"])), _days(one["days"]) or 0)
    hidden = tuple(map(str, block.get("not_for_sales", ())))
    for name in (*facts, *signals, *receivables, *hidden):
        if not NAME.fullmatch(name):
            faults.at(block, f"`{name}` is not a name; write lower-case letters, digits and _")
    _raise(faults)
    return CustomerRules(facts, kinds, signals, receivables, tuple(decided), shared, frozenset(hidden))


def _facts(block: Block, faults: Faults) -> dict[str, FactSpec]:
    found = {}
    for name, one in block.items():
        where = f"fact `{name}`"
        kind = value_type(one, faults, where, never=(OUTPUT_ONLY, PARAMETER_ONLY, Kind.MONEY))
        sensitive = flag(one, "sensitive", "yes", faults, where)
        if kind is not None:
            first, last = (FIRST_DAY, LAST_DAY) if kind.kind is Kind.DATE else (None, None)
            found[str(name)] = FactSpec(str(name), kind, text(one["label"]), first, last, sensitive=sensitive)
    return found


def _signal_fact(name: Any, one: Block, kinds: Any) -> SignalFact:
    how = [how for how in How if how.value in one]
    if len(how) != 1:
        raise ValueError(f"`{name}` has one of {listed([one.value for one in How])}")
    said = one[how[0].value]
    counted = {str(k): str(v) for k, v in said.items()} if isinstance(said, Block) else dict.fromkeys(said)
    checks = tuple(map(str, one.get("checked_by", ())))
    for kind in (*counted, *checks):
        if kind not in kinds:
            raise ValueError(f"`{kind}` is not among the signals{nearest(kind, list(kinds))}")
    if bool(checks) != ("checked_days" in one):
        raise ValueError(f"`{name}` has both checked_by and checked_days, or neither")
    return SignalFact(
        str(name),
        how[0],
        counted,
        str(one["source"]),
        _days(one.get("days")),
        _days(one.get("before")) or 0,
        checks,
        _days(one.get("checked_days")) or 0,
        None if one.get("otherwise") is None else str(one["otherwise"]),
    )


def _days(written: Any) -> int | None:
    if written is None:
        return None
    if not _DAYS.fullmatch(written) or int(written) > _MOST_DAYS:
        raise ValueError(f"`{written}` is not a number of days, such as 90")
    return int(written)


def _written_back(one: Block, faults: Faults) -> WrittenBack:
    kinds = [str(kind) for kind in one.get("outcome_kinds", ())]
    known = [kind.value for kind in OutcomeKind]
    for kind in kinds:
        if kind not in known:
            raise ValueError(f"`{kind}` is no kind of outcome; the kinds are {listed(known)}")
    outcomes = frozenset(map(str, one.get("outcomes", ())))
    if not kinds and not outcomes:
        raise ValueError(f"`{one['policy']}`: say with which outcomes or outcome_kinds it is written")
    if not isinstance(one["facts"], Block):
        raise ValueError("facts takes names with outputs, such as {credit_limit: credit_limit}")
    facts = []
    for name, taken in one["facts"].items():
        if isinstance(taken, Block):
            _TAKEN.check(taken, f"`{name}`", "", faults)
            if ("take" in taken) == ("before" in taken):
                raise ValueError(f"`{name}` has take: or before:")
            said = {key: None if taken.get(key) is None else str(taken[key]) for key in _PARTS}
            facts.append(Written(str(name), said["take"], said["before"], said["when_changes"]))
        else:
            facts.append(Written(str(name), str(taken)))
        if not NAME.fullmatch(name) or name == AS_OF:
            raise ValueError(f"`{name}` is not a name of a fact; write lower-case letters, digits and _")
    reasons = frozenset(map(str, one.get("reasons", ())))
    written = frozenset(map(OutcomeKind, kinds)), tuple(facts), reasons
    return WrittenBack(str(one["policy"]), outcomes, *written)


_PARTS = ("take", "before", "when_changes")


def _raise(faults: Faults) -> None:
    try:
        faults.raise_any()
    except Invalid as error:
        number = len(error.problems)
        title = f"The rules of the customer file cannot be used: {number} fault{'s' * (number > 1)}"
        raise Invalid(title, error.problems) from None
