"""What needs an administrator now: keys that end or that nobody uses, people with nothing to do, settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from app.domain.people import ApiKey, Person
from app.services.assembly import Services
from app.services.referrals.authorising import SETTLING

SOON, LONG_UNUSED = timedelta(days=14), timedelta(days=30)
AT_ONCE = 100


class Administered(NamedTuple):
    """What there is, and what of it wants a look. ``unset`` are settings that letters to customers lack."""

    people: int
    active: int
    unprovided: Sequence[Person]
    ending: Sequence[ApiKey]
    unused: Sequence[ApiKey]
    unset: Sequence[str]


def administered(services: Services) -> Administered:
    """For an administrator. Of keys those that stand."""
    now = services.deciding.now()
    standing = [one for one in _keys(services) if one.revoked_at is None and one.expires_at > now]
    return Administered(
        *services.people.counts(),
        services.people.unprovided(SETTLING),
        [one for one in standing if one.expires_at <= now + SOON],
        [one for one in standing if (one.last_used_at or one.created_at) < now - LONG_UNUSED],
        services.settings.issuer.missing,
    )


def _keys(services: Services) -> Iterator[ApiKey]:
    """All keys there are."""
    found = services.api_keys.page(None, limit=AT_ONCE)
    while found:
        yield from found
        found = services.api_keys.page(None, after=found[-1].id, limit=AT_ONCE)
