"""What needs an auditor now: the log, what people settled milder than the rules, what was asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from app.domain.audit import EntryKind, Erased
from app.domain.lifecycle import State
from app.domain.referrals import Resolution
from app.domain.values import Text
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.log.reaching import reached
from app.services.recording import Wanted
from app.web.auth import own_view
from app.web.pages.decisions.lines import lines

LATELY = timedelta(days=30)
SHOWN = 3


class Override(NamedTuple):
    """A referral that somebody settled milder than the rules alone say; no customer after an erasure."""

    decision: UUID
    customer: str | None
    title: Text
    outcome: Text
    by: str
    at: datetime


def watched_log(services: Services) -> dict[str, Any]:
    """Faults first, then what happened lately."""
    now = services.deciding.now()
    since = now - LATELY
    settled = services.settling.settled_since(since)
    overrides = [one for one in settled if one.override]
    return {
        "reach": reached(services.store.tree, services.sequencing, now),
        "guards": services.store.guards(),
        "verified": services.verifying.last(),
        "settled": len(settled),
        "overrides": len(overrides),
        "latest": [_override(services, one) for one in overrides[-SHOWN:][::-1]],
        "repeated": _repeated(services, since),
        "refused": services.entries.count(EntryKind.SIGN_IN_REFUSED, since),
        "activated": _activated(services, since),
        "since": since.date(),
    }


def _override(services: Services, one: Resolution) -> Override:
    ruleset, person = services.auditing.ruleset(one.decision), services.people.find(one.by)
    try:
        customer = services.auditing.decision(one.decision)["customer"]
    except Erased:
        customer = None
    by = one.by if person is None else person.name
    return Override(one.decision, customer, ruleset.title, ruleset.outcome(one.outcome).label, by, one.at)


def _repeated(services: Services, since: datetime) -> list[dict[str, Any]]:
    """The latest decisions of what had been asked before on other facts."""
    wanted = Wanted(repeated=True, since=since)
    found = services.auditing.opened(wanted, after=None, limit=SHOWN, view=own_view())
    return lines(services, found.decisions)


def _activated(services: Services, since: datetime) -> list[RulesetVersion]:
    """Versions that came into force lately, the latest first."""
    found: Sequence[RulesetVersion] = [
        one
        for policy in services.policies.names()
        for one in services.versions.all(policy)
        if one.state is State.ACTIVE and one.since >= since
    ]
    return sorted(found, key=lambda one: one.since, reverse=True)
