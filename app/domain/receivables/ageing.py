"""Ageing: what is open, by days past due. The buckets are handed in (policy 12.2 has two sets)."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.receivables.account import Account

NOT_DUE = "not due"


def ageing(account: Account, edges: Sequence[int]) -> list[int]:
    """Open amounts, in hundredths: not due, then from each edge (days past due) up to the next."""
    buckets = [0] * (len(edges) + 1)
    for item in account.open_items:
        buckets[place((account.day - item.due_on).days, edges)] += item.open
    return buckets


def place(past: int, edges: Sequence[int]) -> int:
    """The bucket of so many days past due."""
    return sum(past >= edge for edge in edges)


def bucket_names(edges: Sequence[int]) -> list[str]:
    """``not due``, ``1-30``, ``31-60`` and so on, the last with a ``+``."""
    following = [*(edge - 1 for edge in edges[1:]), None]
    names = [
        f"{first}+" if last is None else str(first) if first == last else f"{first}-{last}"
        for first, last in zip(edges, following, strict=True)
    ]
    return [NOT_DUE, *names]
