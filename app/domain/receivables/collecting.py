"""What collections ask about one invoice on a day, from the documents that concern it.

An instalment is kept when the cash paid on the invoice since the plan was proposed reaches what was due
by then. A plan is ``proposed`` until we agree, ``broken`` when an agreed instalment is not kept on the day
after it was due, and none once it was withdrawn or all of it was kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.domain.receivables.account import Account, Item
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.receivables.measure import money

FACTS = (
    "due_date",
    "open_amount",
    "disputed",
    "disputed_amount",
    "dispute_reason",
    "repayment_plan",
    "plan_next_due",
    "plan_next_amount",
    "plans_broken",
    "extension_granted_to",
    "first_overdue",
)
"""What is said of an invoice; ``rulesets/customer-file.yaml`` says which facts of policies these are."""


def invoice_facts(account: Account, item: Item) -> dict[str, Any]:
    """The facts of one invoice; Decimals for money, None for unknown or not there."""
    about: dict[DocumentKind, list[Document]] = {}
    for one in account.others:
        if one.invoice == item.number:
            about.setdefault(one.kind, []).append(one)
    return {
        "due_date": item.due_on,
        "open_amount": money(item.open),
        **_dispute(about.get(DocumentKind.DISPUTE, []), item, account.day),
        **_plans(about.get(DocumentKind.PROMISE, []), item, account.day),
        "extension_granted_to": max(
            (one.due_on for one in about.get(DocumentKind.EXTENSION, []) if one.due_on is not None),
            default=None,
        ),
        "first_overdue": _first_overdue(account, item),
    }


def _dispute(disputes: Sequence[Document], item: Item, day: date) -> dict[str, Any]:
    standing = sorted(
        (one for one in disputes if (one.ended_on is None or one.ended_on > day) and one.amount != 0),
        key=lambda one: (one.dated_on, one.number),
    )
    if not standing:
        return {"disputed": False, "disputed_amount": None, "dispute_reason": None}
    amounts = [item.open if one.amount is None else one.amount for one in standing]
    return {
        "disputed": True,
        "disputed_amount": money(min(sum(amounts), item.open)),
        "dispute_reason": next((one.word for one in reversed(standing) if one.word), None),
    }


def _plans(promises: Sequence[Document], item: Item, day: date) -> dict[str, Any]:
    plans: dict[str, list[Document]] = {}
    for one in promises:
        plans.setdefault(one.word or one.number, []).append(one)
    stood = [_plan(found, item, day) for _, found in sorted(plans.items(), key=_begun)]
    broken = sum(state == "broken" for state, _ in stood)
    state, following = next((one for one in reversed(stood) if one[0] != "none"), ("none", None))
    return {
        "repayment_plan": state,
        "plan_next_due": None if following is None else following.due_on,
        "plan_next_amount": None if following is None else money(following.amount or 0),
        "plans_broken": broken,
    }


def _begun(plan: tuple[str, list[Document]]) -> tuple[date, str]:
    return min(one.dated_on for one in plan[1]), plan[0]


def _plan(instalments: Sequence[Document], item: Item, day: date) -> tuple[str, Document | None]:
    """How a plan stands, and its next instalment that is not kept yet."""
    in_order = sorted(
        (one for one in instalments if one.amount and not (one.ended_on is not None and one.ended_on <= day)),
        key=lambda one: (one.due_on or one.dated_on, one.number),
    )
    if not in_order:
        return "none", None
    agreed = all(one.begun_on is not None and one.begun_on <= day for one in in_order)
    begun, due = min(one.dated_on for one in in_order), 0
    for one in in_order:
        due += one.amount or 0
        by = one.due_on or day
        paid = sum(cash.amount or 0 for cash in item.paid if begun <= cash.dated_on <= by)
        if paid >= due or not item.open:
            continue
        if by >= day:
            return ("agreed" if agreed else "proposed"), one
        if agreed:
            return "broken", one
    return "none", None


def _first_overdue(account: Account, item: Item) -> bool:
    """Whether no other invoice of the customer was ever late, nor is."""
    return not any(one is not item and one.late is not None and one.late > 0 for one in account.items)
