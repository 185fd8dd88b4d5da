"""The file ``receivables.yaml``: which measures there are, and the numbers of report and stress test."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from typing import Any

from app.domain.errors import Invalid
from app.domain.receivables.measures import MEASURES
from app.domain.receivables.rules import NamedMeasure, ReceivablesRules, ReportRules
from app.domain.receivables.stress import Scenario
from app.domain.values import Text
from schemas.constants import listed, nearest
from schemas.ruleset.checking import EachOf, Inside, Keys, Named, One
from schemas.ruleset.faults import Faults
from schemas.ruleset.words import NAME
from schemas.text import Block, read

_WHOLE = re.compile("[0-9]{1,5}")
_CURRENCY = re.compile("[A-Z]{3}")
_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")
_COUNTS = {"days", "handed_over_days", "core_from_days", "new_below_days", "top_customers"}
_FACTS = ("limit_fact", "secured_fact", "transit_fact", "industry_fact", "segment_fact")
_MEASURE = Keys(
    "measure",
    "",
    {"measure": One()},
    {"window": One(), "since": One(), "days": One(), "before": One(), "least": One()},
)
_SCENARIO = Keys(
    "scenario",
    "",
    {"en": One(), "zh": One()},
    {"days": One(), "fails": One(), "share": One(), "largest": One(), "industry": One(), "chosen": One()},
)
_FILE = Keys(
    "receivables",
    "",
    {
        "currency": One(),
        "measures": EachOf(_MEASURE),
        "ageing": Named(deep=True),
        "report": Inside(Keys("report", "", {one.name: One() for one in fields(ReportRules)}, {})),
        "stress": Inside(Keys("stress", "", {"weeks": One(), "scenarios": EachOf(_SCENARIO)}, {})),
    },
    {name: One() for name in _FACTS},
)


def read_receivables_rules(source: bytes) -> ReceivablesRules:
    """What ``source`` (YAML) says; raises ``Invalid`` with one problem a fault."""
    block, faults = read(source), Faults()
    _FILE.check(block, "the file", "", faults)
    _raise(faults)
    measures: dict[str, NamedMeasure] = {}
    for name, one in block["measures"].items():
        with faults.noted(name, f"measure `{name}`"):
            measures[str(name)] = _measure(name, one)
    ageing: dict[str, tuple[int, ...]] = {}
    for name, edges in block["ageing"].items():
        with faults.noted(name, f"ageing `{name}`"):
            ageing[str(name)] = _edges(edges)
    report: dict[str, Any] = {}
    for name, value in block["report"].items():
        with faults.noted(value, f"`{name}`"):
            report[str(name)] = _whole(value) if name in _COUNTS else _decimal(value)
    scenarios = []
    for name, one in block["stress"]["scenarios"].items():
        with faults.noted(name, f"scenario `{name}`"):
            scenarios.append(_scenario(name, one))
    weeks = 0
    with faults.noted(block["stress"]["weeks"], "`weeks`"):
        weeks = _whole(block["stress"]["weeks"])
    if not _CURRENCY.fullmatch(block["currency"]):
        faults.at(block["currency"], f"`{block['currency']}` is no currency; write its code, such as CNY")
    _raise(faults)
    return ReceivablesRules(
        measures,
        ageing,
        ReportRules(**report),
        weeks,
        str(block["currency"]),
        tuple(scenarios),
        *(None if block.get(key) is None else str(block[key]) for key in _FACTS),
    )


def _measure(name: str, one: Block) -> NamedMeasure:
    if not NAME.fullmatch(name):
        raise ValueError("a name is of lower-case letters, digits and _")
    found = MEASURES.get(str(one["measure"]))
    if found is None:
        known = list(MEASURES)
        raise ValueError(
            f"`{one['measure']}` is no measure; they are {listed(known, 40)}{nearest(one['measure'], known)}"
        )
    if "window" in one and "since" in one:
        raise ValueError("it has window: or since:, not both")
    for need in found.needs:
        if need not in one:
            raise ValueError(f"`{found.name}` needs {need}:")
    numbers = {key: _whole(one[key]) for key in ("window", "days", "before", "least") if key in one}
    return NamedMeasure(str(name), found, since=str(one["since"]) if "since" in one else None, **numbers)


def _edges(written: Any) -> tuple[int, ...]:
    edges = tuple(_whole(one) for one in written) if isinstance(written, list) else ()
    if not edges or list(edges) != sorted(set(edges)) or edges[0] < 1:
        raise ValueError("it takes days past due that rise from 1 at least, such as [1, 31, 61, 91]")
    return edges


def _scenario(name: str, one: Block) -> Scenario:
    if sum(key in one for key in ("share", "largest", "industry")) != 1:
        raise ValueError("it has one of share, largest and industry")
    if ("days" in one) == (one.get("fails") == "yes"):
        raise ValueError("it has days:, or fails: yes")
    if one.get("chosen", "largest") not in ("largest", "spread"):
        raise ValueError("chosen is largest or spread")
    share = _decimal(one["share"]) if "share" in one else None
    if share is not None and share > 1:
        raise ValueError("share is at most 1")
    return Scenario(
        str(name),
        Text(str(one["en"]), str(one["zh"])),
        _whole(one["days"]) if "days" in one else 0,
        one.get("fails") == "yes",
        share,
        _whole(one["largest"]) if "largest" in one else None,
        str(one["industry"]) if "industry" in one else None,
        one.get("chosen") == "spread",
    )


def _whole(written: Any) -> int:
    if not _WHOLE.fullmatch(str(written)):
        raise ValueError(f"`{written}` is not a whole number such as 90")
    return int(written)


def _decimal(written: Any) -> Decimal:
    if not _DECIMAL.fullmatch(str(written)):
        raise ValueError(f"`{written}` is not a number such as 0.30")
    return Decimal(str(written))


def _raise(faults: Faults) -> None:
    try:
        faults.raise_any()
    except Invalid as error:
        number = len(error.problems)
        title = f"The rules of the receivables cannot be used: {number} fault{'s' * (number > 1)}"
        raise Invalid(title, error.problems) from None
