"""Worklists: whose work a run found, customer by customer, and of each customer what is worst."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from app.domain.runs import Run, RunItem, RunRules, worst
from app.store.runs import Runs

CUSTOMERS_AT_ONCE = 500


class Work(NamedTuple):
    """One item of somebody's work. ``leads``: the worst of its customer, which is what is done about it."""

    item: RunItem
    leads: bool


class Page(NamedTuple):
    """The work of some customers; ``next`` is the last of them, None where there are no more."""

    work: tuple[Work, ...]
    next: str | None


def page(stored: Runs, run: Run, rules: RunRules, *, owner: str | None, after: str | None, most: int) -> Page:
    """The work of the next customers behind ``after``: all of each, with what leads over all owners."""
    items = stored.work(run, owner, after, most)
    found: list[Work] = []
    customers = 0
    whole = items if owner is None else stored.work_of(run, sorted({one.customer for one in items}))
    leading = {
        customer: worst(list(some), rules.worklist.amount).reference
        for customer, some in groupby(whole, key=lambda one: one.customer)
    }
    for customer, some in groupby(items, key=lambda one: one.customer):
        customers += 1
        found += [Work(one, one.reference == leading[customer]) for one in some]
    more = customers == most
    return Page(tuple(found), found[-1].item.customer if more and found else None)


def all_work(stored: Runs, run: Run, rules: RunRules) -> Iterator[Work]:
    """Everything that is somebody's work, in the order of customers."""
    after: str | None = None
    while True:
        found = page(stored, run, rules, owner=None, after=after, most=CUSTOMERS_AT_ONCE)
        yield from found.work
        after = found.next
        if after is None:
            return
