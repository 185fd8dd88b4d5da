"""What waits for those who settle referrals and bring rulesets into force: the first of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.domain.lifecycle import State
from app.domain.runs import Run, RunRules
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.referrals.worklist import Waiting
from app.web.auth import principal

SHOWN = 6


class Versions(NamedTuple):
    """Ruleset versions under way: to approve, to activate, planned, and the reader's own drafts."""

    submitted: list[RulesetVersion]
    approved: list[RulesetVersion]
    planned: list[RulesetVersion]
    drafts: list[RulesetVersion]
    in_force: dict[str, str]
    """By policy the version that answers, to compare with."""


class Latest(NamedTuple):
    """The latest run of a kind; None where none was begun. ``late``: not of today, or not finished.

    ``work`` is about how many customers it found work for the reader's role.
    """

    rules: RunRules
    run: Run | None
    late: bool
    work: int


def referrals(services: Services) -> Waiting:
    """The oldest that are the reader's to settle, and the oldest that are not."""
    return services.worklist.waiting(principal(), limit=SHOWN)


def versions(services: Services) -> Versions:
    """Those under way; what the reader wrote or submitted is another officer's to approve."""
    me, found = principal().id, Versions([], [], [], [], {})
    for policy in services.policies.names():
        for one in services.versions.all(policy):
            if one.state is State.ACTIVE:
                found.in_force[policy] = one.version
            if one.scheduled_for is not None:
                found.planned.append(one)
            elif one.state is State.SUBMITTED and me not in (one.last.by, *one.authors):
                found.submitted.append(one)
            elif one.state is State.APPROVED:
                found.approved.append(one)
            elif one.state is State.DRAFT and me in one.authors:
                found.drafts.append(one)
    return found


def runs(services: Services) -> list[Latest]:
    """The latest run of each kind, with what it found for the reader."""
    today, stored, role = services.runs.today(), services.runs.stored, str(principal().role)
    latest = ((rules, stored.page(name, None, 1)) for name, rules in services.runs.kinds.items())
    return [
        Latest(
            rules,
            found[0] if found else None,
            _is_late(found, today),
            stored.customers_of(found[0], role) if found else 0,
        )
        for rules, found in latest
    ]


def _is_late(found: Sequence[Run], today: date) -> bool:
    return not found or found[0].finished_at is None or found[0].as_of < today
