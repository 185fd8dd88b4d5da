"""A shipped policy ..."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.analysis.checking import check
from app.analysis.findings import Finding
from app.analysis.monotone import MONOTONE
from app.domain.evaluation import Plan
from app.domain.rules import HitPolicy, Table
from app.domain.ruleset import Ruleset
from app.engine.agreement import Engine
from schemas.ruleset import load
from tests.analysis.tables import claimed, with_rules
from tests.shipped import BY_POLICY as FILES


def found(ruleset: Ruleset) -> tuple[Finding, ...]:
    with Engine(ruleset) as engine:
        return check(Plan(ruleset), engine.matcher).findings


def edited(policy: str, row: str, old: str, new: str) -> Ruleset:
    """The text with one line edited: the one that begins with the id of the row, or without it.

    What it declares monotone is left out: a proof of that takes longest, and is no gap or overlap.
    """
    lines = FILES[policy].text.decode().split("\n")
    (at,) = (i for i, line in enumerate(lines) if line.strip().startswith(f"- {{id: {row},"))
    assert old in lines[at]
    lines[at : at + 1] = [lines[at].replace(old, new)] if new else []
    made = load("\n".join(lines))
    return replace(made, checks={name: one for name, one in made.checks.items() if name != MONOTONE})


@pytest.mark.parametrize("policy", FILES)
def test_has_no_finding_but_thresholds_that_no_case_touches(policy: str) -> None:
    told = found(FILES[policy].ruleset)
    assert [one.message for one in told if one.check != "thresholds"] == []
    assert {one.severity for one in told} <= {"warn"}


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


NARROWER = [
    ("collections-s0-body", "rung-phone-call", "[phone_day", "(phone_day"),
    ("collections-escalation", "rung-preservation", "[preservation_day", "(preservation_day"),
    ("credit-approval", "points-d", "[grade_d_from", "(grade_d_from"),
    ("credit-approval", "level-officer", "authority_officer]", "authority_officer)"),
    ("limit-adjustment", "confirm-director", "authority_director]", "authority_director)"),
    ("collections-s3-strict", "rung-legal-means", "", ""),
    ("insurance-advice", "share-red", "", ""),
    ("payment-terms", "weak-unsecured", "", ""),
    ("concentration", "share-red", "", ""),
    ("approval-authority", "exposure-committee", "authority_committee]", "authority_committee)"),
]
WIDER = [
    ("collections-s0-faq", "rung-none", "< reminder_day", "<= reminder_day"),
    ("collections-s4", "rung-friendly-letter", "formal_day)", "formal_day]"),
    ("credit-approval", "tier-small", "<= fast_track_limit", "<= large_order_threshold"),
    ("credit-approval", "points-e", "< grade_d_from", "<= grade_d_from"),
    ("insurance-advice", "share-amber", "(amber_share", "[amber_share"),
    ("limit-adjustment", "confirm-committee", "> authority_director", ">= authority_director"),
    ("limit-adjustment", "level-yellow", "red_from)", "red_from]"),
    ("concentration", "core-above", "> 0%", ">= 0%"),
    ("approval-authority", "term-very-long", "> term_manager", ">= term_manager"),
]


@pytest.mark.parametrize(("policy", "row", "old", "new"), NARROWER)
def test_shows_the_facts_of_a_gap_where_a_row_is_narrowed_or_gone(
    policy: str, row: str, old: str, new: str
) -> None:
    gaps = [one for one in found(edited(policy, row, old, new)) if one.check == "gaps"]
    assert gaps[0].severity == "error"
    assert gaps[0].facts is not None


@pytest.mark.parametrize(("policy", "row", "old", "new"), WIDER)
def test_shows_the_facts_of_an_overlap_where_a_row_is_widened(
    policy: str, row: str, old: str, new: str
) -> None:
    overlaps = [one for one in found(edited(policy, row, old, new)) if one.check == "overlaps"]
    assert all(f"`{row}`" in one.message for one in overlaps)
    assert overlaps[0].severity == "error"
    assert overlaps[0].facts is not None


def test_shows_by_its_cases_what_geometry_cannot_know() -> None:
    """Where the last row answers all the rest, a row that is gone leaves no gap, only another answer."""
    checks = {one.check for one in found(edited("payment-terms", "large-combined", "", ""))}
    assert "cases" in checks
    assert not checks & {"gaps", "overlaps", "dead_rules"}
