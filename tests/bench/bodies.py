"""What is sent: request bodies of two policies, and the folder from which the service gets their rulesets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from schemas.json_values import json_values
from schemas.ruleset import load
from tests.bench import peers
from tests.bench.contender import RULESET, in_json
from tests.bench.machine import ROOT, NotMeasured
from tests.bench.report import Report

HARNESS, SHIPPED = "bench-credit", "payment-terms"
CUSTOMERS = 400
_BODIES = 1_000
_NEW_CUSTOMERS = 20_000


@dataclass(frozen=True, slots=True)
class Subject:
    """One policy under load. ``usual`` asks about 400 customers in turn, ``new`` about another every time."""

    policy: str
    usual: Path
    new: Path

    @property
    def path(self) -> str:
        return f"/v1/policies/{self.policy}/decisions"


def subjects(folder: Path, report: Report) -> list[Subject]:
    """The policies that can be measured, their rulesets written to ``folder / "rulesets"``."""
    found = []
    shipped = max((ROOT / "rulesets" / SHIPPED).glob("*.yaml")).read_bytes()
    try:
        peers.prepare()
        with (peers.PEERS / "facts.jsonl").open() as lines:
            facts = [in_json(json.loads(line)) for line in islice(lines, _BODIES)]
        found.append(_subject(folder, RULESET.read_bytes(), facts))
    except NotMeasured as reason:
        report.remark(f"Not measured: {HARNESS}. {reason}")
    found.append(_subject(folder, shipped, list(_from_cases(shipped))))
    rulesets = sorted((folder / "rulesets").glob("*/*.yaml"))
    lines_of = (f"{sha256(one.read_bytes()).hexdigest()} {one.parent.name}/{one.name}\n" for one in rulesets)
    (folder / "rulesets" / "PUBLISHED").write_text("".join(lines_of))
    return found


def _subject(folder: Path, text: bytes, facts: list[dict[str, Any]]) -> Subject:
    ruleset = load(text)
    file = folder / "rulesets" / ruleset.policy / f"{ruleset.version}.yaml"
    file.parent.mkdir(parents=True)
    file.write_bytes(text)
    usual, new = folder / f"{ruleset.policy}.jsonl", folder / f"{ruleset.policy}-new.jsonl"
    usual.write_text("".join(_bodies(islice(cycle(facts), _BODIES), CUSTOMERS)))
    new.write_text("".join(_bodies(islice(cycle(facts), _NEW_CUSTOMERS), _NEW_CUSTOMERS)))
    return Subject(ruleset.policy, usual, new)


def _bodies(facts: Iterable[Mapping[str, Any]], customers: int) -> Iterator[str]:
    for number, one in enumerate(facts):
        whose = {"customer": f"C-{number % customers:05d}", "reference": f"SO-{number:06d}"}
        yield json.dumps({"facts": one, **whose}) + "\n"


def _from_cases(text: bytes) -> Iterator[dict[str, Any]]:
    """Facts that differ as those do that a ruleset's cases and the examples of its rules are made of."""
    ruleset = load(text)
    changes = [case.given for case in ruleset.cases]
    changes += [rule.fires_on for rule in ruleset.rules_by_id.values() if rule.fires_on is not None]
    for change in changes:
        values = json_values({**ruleset.baseline, **change})
        yield {name: values[name] for name in ruleset.facts if values.get(name) is not None}
