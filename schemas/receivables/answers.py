"""Receivables as JSON: an account on a day, the key figures and the stress test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.receivables.ageing import ageing, bucket_names
from app.domain.receivables.headroom import Headroom
from app.domain.receivables.measure import money
from app.domain.receivables.rules import ReceivablesRules
from app.domain.receivables.stress import Outcome
from schemas.shapes import (
    DAY,
    DECIMAL,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
)


def plain(value: Any) -> Any:
    """A value in JSON's terms: decimals as texts, days as ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def account_document(found: Any, rules: ReceivablesRules) -> dict[str, Any]:
    """What a customer owes on a day: measures with formulas, ageing, and every open invoice."""
    account = found.account
    return {
        "customer": account.customer,
        "as_of": account.day.isoformat(),
        "measures": {
            name: {
                "value": plain(found.values[name]),
                "unit": str(one.measure.unit),
                "label": {"en": one.measure.label.en, "zh": one.measure.label.zh},
                "formula": one.measure.formula,
                "source": one.measure.source,
            }
            for name, one in rules.measures.items()
        },
        "ageing": {name: _buckets(edges, ageing(account, edges)) for name, edges in rules.ageing.items()},
        "open_invoices": [
            {
                "number": item.number,
                "issued_on": item.issued_on.isoformat(),
                "days_past_due": (account.day - item.due_on).days,
                "amount": plain(money(item.amount)),
                **{name: plain(value) for name, value in facts.items()},
            }
            for item, facts in found.invoices()
        ],
        "unmatched_payments": [
            {
                "number": one.number,
                "invoice": one.invoice,
                "paid_on": one.dated_on.isoformat(),
                "amount": plain(money(one.amount or 0)),
            }
            for one in account.unmatched_payments
        ],
    }


def headroom_document(customer: str, day: date, currency: str, headroom: Headroom) -> dict[str, Any]:
    """What is left of a customer's limit."""
    amounts = {**headroom._asdict(), "left": headroom.left}
    told = {name: plain(value) for name, value in amounts.items()}
    return {"customer": customer, "as_of": day.isoformat(), "currency": currency, **told}


def report_document(found: Any, rules: ReceivablesRules) -> dict[str, Any]:
    """The key figures with formulas and benchmarks."""
    return {
        "as_of": found.day.isoformat(),
        "customers": found.customers,
        "figures": [
            {
                "name": one.name,
                "label": {"en": one.label.en, "zh": one.label.zh},
                "unit": str(one.unit),
                "value": plain(one.value),
                "benchmark": plain(one.benchmark),
                "flag": one.flag,
                "formula": one.formula,
                "source": one.source,
            }
            for one in found.figures
        ],
        "ageing": {name: _buckets(edges, found.buckets[name]) for name, edges in rules.ageing.items()},
        "largest": [{"customer": name, "open": plain(money(amount))} for name, amount in found.largest],
    }


def stress_document(day: date, base: Outcome, found: Sequence[Outcome]) -> dict[str, Any]:
    """What is expected by week, and what each scenario makes of it."""
    expected = set(base.breaches)
    return {
        "as_of": day.isoformat(),
        "expected": [plain(money(one)) for one in base.receipts[:-1]],
        "expected_later": plain(money(base.receipts[-1])),
        "expected_breaches": list(base.breaches),
        "scenarios": [
            {
                "id": one.scenario.id if one.scenario else "",
                "label": {"en": one.scenario.label.en, "zh": one.scenario.label.zh} if one.scenario else None,
                "cash_gap": [plain(money(gap)) for gap in one.gap],
                "customers": one.hit,
                "unknown": one.unknown,
                "lost": plain(money(one.lost)),
                "breaches": [name for name in one.breaches if name not in expected],
            }
            for one in found
        ],
    }


def _buckets(edges: Sequence[int], amounts: Sequence[int]) -> Mapping[str, Any]:
    return {name: plain(money(one)) for name, one in zip(bucket_names(edges), amounts, strict=True)}


_WORDS = closed({"en": TEXT, "zh": TEXT})
_VALUE = {"anyOf": [DECIMAL, WHOLE, YES_NO, {"type": "null"}], "description": "null is unknown"}
_AGEING = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": DECIMAL},
    "description": "open amounts by days past due, in every set of buckets",
}
_SAID = {"unit": TEXT, "label": _WORDS, "formula": TEXT, "source": TEXT}
SHAPES: Mapping[str, Schema] = {
    "Receivables": closed(
        {
            "customer": TEXT,
            "as_of": DAY,
            "measures": {"type": "object", "additionalProperties": closed({"value": _VALUE, **_SAID})},
            "ageing": _AGEING,
            "open_invoices": listed(
                closed(
                    {
                        "number": TEXT,
                        "issued_on": DAY,
                        "days_past_due": WHOLE,
                        "amount": DECIMAL,
                        "due_date": DAY,
                        "open_amount": DECIMAL,
                        "disputed": YES_NO,
                        "disputed_amount": or_null(DECIMAL),
                        "dispute_reason": TEXT_OR_NULL,
                        "repayment_plan": TEXT,
                        "plan_next_due": or_null(DAY),
                        "plan_next_amount": or_null(DECIMAL),
                        "plans_broken": WHOLE,
                        "extension_granted_to": or_null(DAY),
                        "first_overdue": YES_NO,
                    }
                )
            ),
            "unmatched_payments": {
                **listed(
                    closed({"number": TEXT, "invoice": TEXT_OR_NULL, "paid_on": DAY, "amount": DECIMAL})
                ),
                "description": "payments that name no invoice of the customer's; each is unmatched cash",
            },
        }
    ),
    "Headroom": closed(
        {
            "customer": TEXT,
            "as_of": DAY,
            "currency": TEXT,
            "limit": or_null(DECIMAL),
            "owed": or_null(DECIMAL),
            "ordered": {**or_null(DECIMAL), "description": "orders and deliveries that are not billed"},
            "coming": {**or_null(DECIMAL), "description": "cash on its way"},
            "used": {
                **or_null(DECIMAL),
                "description": "owed + ordered - coming, at least 0; without documents the exposure on file",
            },
            "left": {**or_null(DECIMAL), "description": "limit - used; a secured portion is not counted"},
        }
    ),
    "ReceivablesReport": closed(
        {
            "as_of": DAY,
            "customers": WHOLE,
            "figures": listed(
                closed({"name": TEXT, "value": _VALUE, "benchmark": _VALUE, "flag": TEXT_OR_NULL, **_SAID})
            ),
            "ageing": _AGEING,
            "largest": listed(closed({"customer": TEXT, "open": DECIMAL})),
        }
    ),
    "ReceivablesStress": closed(
        {
            "as_of": DAY,
            "expected": {**listed(DECIMAL), "description": "receipts of each week"},
            "expected_later": DECIMAL,
            "expected_breaches": listed(TEXT),
            "scenarios": listed(
                closed(
                    {
                        "id": TEXT,
                        "label": _WORDS,
                        "cash_gap": {**listed(DECIMAL), "description": "summed up, at the end of each week"},
                        "customers": {**WHOLE, "description": "how many owe something and are concerned"},
                        "unknown": {
                            **WHOLE,
                            "description": "of how many nobody knows, because no industry is filed of them",
                        },
                        "lost": DECIMAL,
                        "breaches": {**listed(TEXT), "description": "limits broken beside those expected"},
                    }
                )
            ),
        }
    ),
}
