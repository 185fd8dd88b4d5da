"""What needs an auditor or administrator now: the log, overrides, refused sign-ins, rulesets, unused keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app.domain.audit import EntryKind
from app.domain.lifecycle import State
from app.domain.people import ApiKey
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.log.reaching import reached
from app.services.log.sought import Sought

LATELY = timedelta(days=30)
MOST = 50
MOST_KEYS = 100


def watched_log(services: Services) -> dict[str, Any]:
    """For an auditor: faults first, then what happened lately."""
    now = services.deciding.now()
    since = now - LATELY
    refused = services.entries.page(Sought(kind=EntryKind.SIGN_IN_REFUSED, since=since), MOST, newest=True)
    months = services.settling.override_months(None, since, None)
    return {
        "reach": reached(services.store.tree, services.sequencing, now),
        "guards": services.store.guards(),
        "settled": sum(one["settled"] for one in months),
        "overrides": sum(one["overrides"] for one in months),
        "refused": len(refused.entries),
        "refused_more": refused.next is not None,
        "activated": _activated(services, since),
        "since": since.date(),
    }


def unused_keys(services: Services) -> Sequence[ApiKey]:
    """For an administrator: keys that stand, were made a while ago, and were not used since."""
    now = services.deciding.now()
    keys = services.api_keys.page(None, limit=MOST_KEYS)
    standing = (one for one in keys if one.revoked_at is None and one.expires_at > now)
    return [one for one in standing if (one.last_used_at or one.created_at) < now - LATELY]


def _activated(services: Services, since: datetime) -> list[RulesetVersion]:
    """Versions that came into force lately, the latest first."""
    found = [
        one
        for policy in services.policies.names()
        for one in services.versions.all(policy)
        if one.state is State.ACTIVE and one.since >= since
    ]
    return sorted(found, key=lambda one: one.since, reverse=True)
