"""Who is calling, and how far they reach. Every view asks here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import TypeAlias

from flask import g

from app.domain.access import Reach, View, view
from app.domain.errors import Invalid, Unauthenticated
from app.domain.people import Principal
from app.domain.requests import Caller
from app.services.decisions.asking import caller_of

Callers: TypeAlias = Callable[[str | None], Caller]


def principal() -> Principal:
    """Who sends the present request; raises ``Unauthenticated`` where the call is open to anyone."""
    found: Principal | None = g.get("principal")
    if found is None:
        raise Unauthenticated("Sign in, or send a key: Authorization: Bearer KEY.")
    return found


def visible_to() -> str | None:
    """The id of a person who sees their own only, for the query; None for one who sees all."""
    return principal().id if g.reach is Reach.OWN else None


def own_view() -> View:
    """How much of a decision is told to who asks."""
    return view(principal().role)


def caller(on_behalf_of: str | None = None) -> Caller:
    """The caller for a decision or a simulation.

    With ``on_behalf_of`` the person of that login or id; raises ``Refused`` and ``Invalid``.
    """
    return caller_of(principal(), g.action, on_behalf_of, find=g.guard.person)


def callers() -> Callers:
    """``caller`` for the lines of a batch, which are read when the request's own context is gone."""
    return cache(partial(caller_of, principal(), g.action, find=g.guard.person))


def spend(limit: str, *whose: object, tokens: float = 1) -> None:
    """Count against a limit of ``app.web.limits``; raises ``TooManyAttempts``."""
    g.guard.limits.take(limit, whose or principal().id, tokens)


@contextmanager
def spent(limit: str, *whose: object) -> Iterator[None]:
    """Count what is done within, unless it could not be done for what was asked."""
    spend(limit, *whose)
    try:
        yield
    except Invalid:
        g.guard.limits.give_back(limit, whose)
        raise
