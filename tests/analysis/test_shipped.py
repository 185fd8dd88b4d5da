"""A shipped policy ..."""

from __future__ import annotations

import pytest

from app.analysis.checking import check
from app.analysis.findings import Finding
from app.domain.evaluation import Plan
from app.domain.rules import HitPolicy, Table
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine
from app.services.publishing import read_folder
from app.settings import SHIPPED_RULESETS
from schemas.ruleset import load
from tests.analysis.tables import claimed, with_rules

FILES = {one.ruleset.policy: one for one in read_folder(SHIPPED_RULESETS)}


def found(ruleset: Ruleset) -> tuple[Finding, ...]:
    with Engine(ruleset) as engine:
        return check(Plan(ruleset), engine.matcher).findings


def edited(policy: str, row: str, old: str, new: str) -> Ruleset:
    """The text with one line edited: the one that begins with the id of the row, or without it."""
    lines = FILES[policy].text.decode().split("\n")
    (at,) = (i for i, line in enumerate(lines) if line.strip().startswith(f"- {{id: {row},"))
    assert old in lines[at]
    lines[at : at + 1] = [lines[at].replace(old, new)] if new else []
    return load("\n".join(lines))


@pytest.mark.parametrize("policy", FILES)
def test_has_no_finding(policy: str) -> None:
    assert [one.message for one in found(FILES[policy].ruleset)] == []


@pytest.mark.parametrize("policy", FILES)
def test_shows_every_row_that_is_taken_out_of_a_unique_table(policy: str) -> None:
    made = FILES[policy].ruleset
    for step in made.match_steps:
        if isinstance(step, Table) and step.hit_policy is HitPolicy.UNIQUE:
            for i, row in enumerate(step.rules):
                damaged = with_rules(made, step, step.rules[:i] + step.rules[i + 1 :])
                gaps = [one for one in claimed(damaged) if one.check == "gaps"]
                assert any(step.id in one.message for one in gaps), row.id


@pytest.mark.parametrize("policy", FILES)
def test_shows_every_row_of_a_first_table_that_is_moved_below_its_last(policy: str) -> None:
    """Below a row that answers all the rest nothing is ever effective."""
    made = FILES[policy].ruleset
    for step in made.match_steps:
        if isinstance(step, Table) and step.hit_policy is HitPolicy.FIRST:
            if not all(one.test.irrelevant for one in step.rules[-1].when):
                continue
            for i, row in enumerate(step.rules[:-1]):
                damaged = with_rules(made, step, step.rules[:i] + step.rules[i + 1 :] + (row,))
                dead = [one for one in claimed(damaged) if one.check == "dead_rules"]
                assert any(f"`{row.id}`" in one.message for one in dead), row.id


@pytest.mark.parametrize(
    ("policy", "row", "old", "new", "finding"),
    [
        ("collections-s0-body", "rung-", "", "", ""),
    ],
)
def test_placeholder(policy: str, row: str, old: str, new: str, finding: str) -> None:
    pass
