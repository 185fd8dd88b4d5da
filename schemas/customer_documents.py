"""The customer file as it is told: what holds, its history, signals, and what became of an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from app.domain.customer_file import Filing, Held
from app.domain.identifiers import made_at
from app.domain.instants import utc_text
from app.domain.signals import Signal
from schemas.customer_facts import FileFacts
from schemas.customer_items import Refusal, problems_said
from schemas.json_values import accepted
from schemas.shapes import (
    ANY,
    DAY,
    ID,
    INSTANT,
    TEXT,
    TEXT_OR_NULL,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)

MOST_REFUSALS = 1_000


def facts_document(facts: FileFacts) -> dict[str, Any]:
    """The facts that may be filed."""
    return {
        "facts": [
            {
                "name": name,
                "type": str(spec.type.kind),
                "takes": accepted(spec.type),
                "label": {"en": spec.label.en, "zh": spec.label.zh},
                "currency": facts.currency(name),
                "max_age": spec.max_age,
                "sensitive": name in facts.sensitive,
            }
            for name, spec in facts.specs.items()
        ]
    }


def file_document(
    customer: str, held: Mapping[str, Held], facts: FileFacts, day: date, hidden: Iterable[str] = ()
) -> dict[str, Any]:
    """What holds on a day, without those facts that are ``hidden``."""
    shown = {name: held[name] for name in sorted(held) if name not in set(hidden)}
    return {
        "customer": customer,
        "as_of": day.isoformat(),
        "facts": [
            {
                "name": name,
                "value": one.value,
                "currency": one.currency if _is_money(name, facts) else None,
                "as_of": one.as_of.isoformat(),
                "source": one.source.value,
                "evidence": one.evidence,
                "age": one.age(day),
                "max_age": facts.specs[name].max_age if name in facts.specs else None,
                "stale": name in facts.specs and one.is_stale(day, facts.specs[name].max_age),
                "filed_at": utc_text(one.filed_at),
                "entered_by": one.author,
                "entry": str(one.origin),
            }
            for name, one in shown.items()
        ],
    }


def history_document(customer: str, fact: str, filings: Iterable[Filing]) -> dict[str, Any]:
    """Everything that was filed of one fact, in the order of filing."""
    return {
        "customer": customer,
        "fact": fact,
        "history": [
            {
                "value": one.facts[fact],
                "as_of": one.as_of.isoformat(),
                "source": one.source.value,
                "evidence": one.evidence,
                "filed_at": utc_text(made_at(one.origin)),
                "entered_by": one.author,
                "entry": str(one.origin),
            }
            for one in filings
            if fact in one.facts
        ],
    }


def signals_document(customer: str, signals: Iterable[Signal]) -> dict[str, Any]:
    """What happened to a customer, in the order of filing; a later row corrects or withdraws an earlier."""
    return {
        "customer": customer,
        "signals": [
            {
                "kind": one.kind,
                "date": one.day.isoformat(),
                "source": one.source.value,
                "evidence": one.evidence,
                "magnitude": None if one.magnitude is None else f"{one.magnitude:f}",
                "withdrawn": one.withdrawn,
                "entered_by": one.author,
                "entry": str(one.origin),
            }
            for one in signals
        ],
    }


def import_document(report: Any, refusals: Sequence[Refusal]) -> dict[str, Any]:
    """What became of the rows of an import (``app.services.customers.filing.Report``)."""
    return {
        "import": None if report.id is None else str(report.id),
        "dry_run": report.id is None,
        "read": report.read,
        "written": report.written,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "left_out": report.left_out,
        "refusals": [
            {
                "place": one.place,
                "customer": one.customer,
                "errors": problems_said(one),
            }
            for one in refusals[:MOST_REFUSALS]
        ],
    }


def _is_money(name: str, facts: FileFacts) -> bool:
    return name in facts.specs and facts.currency(name) is not None


_ROW: Mapping[str, Schema] = {
    "as_of": DAY,
    "source": TEXT,
    "evidence": TEXT_OR_NULL,
    "entered_by": TEXT_OR_NULL,
    "entry": ID,
}
SHAPES: Mapping[str, Schema] = {
    "CustomerTable": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            "mapping": {"type": "string", "description": "YAML, as docs/mapping.md says"},
        },
        "required": ["file"],
    },
    "FileFacts": closed(
        {
            "facts": listed(
                closed(
                    {
                        "name": TEXT,
                        "type": TEXT,
                        "takes": TEXT,
                        "label": part("Words"),
                        "currency": TEXT_OR_NULL,
                        "max_age": or_null(WHOLE),
                        "sensitive": YES_NO,
                    }
                )
            )
        }
    ),
    "CustomerFile": closed(
        {
            "customer": TEXT,
            "as_of": DAY,
            "facts": listed(
                closed(
                    {
                        **_ROW,
                        "name": TEXT,
                        "value": ANY,
                        "currency": TEXT_OR_NULL,
                        "age": {**WHOLE, "description": "in days"},
                        "max_age": or_null(WHOLE),
                        "stale": {**YES_NO, "description": "older than it may be: counts as unknown"},
                        "filed_at": INSTANT,
                    }
                )
            ),
        }
    ),
    "FactHistory": closed(
        {
            "customer": TEXT,
            "fact": TEXT,
            "history": listed(closed({**_ROW, "value": ANY, "filed_at": INSTANT})),
        }
    ),
    "Signals": closed(
        {
            "customer": TEXT,
            "signals": listed(
                closed(
                    {
                        **{name: shape for name, shape in _ROW.items() if name != "as_of"},
                        "evidence": TEXT,
                        "kind": TEXT,
                        "date": DAY,
                        "magnitude": TEXT_OR_NULL,
                        "withdrawn": YES_NO,
                    }
                )
            ),
        }
    ),
    "FiledCustomers": closed(
        {
            "customers": listed(closed({"customer": TEXT, "facts": WHOLE, "newest": or_null(DAY)})),
            "next": TEXT_OR_NULL,
        }
    ),
    "ImportReport": closed(
        {
            "import": {**or_null(ID), "description": "its entry in the log; null of a dry run"},
            "dry_run": YES_NO,
            "read": WHOLE,
            "written": {**WHOLE, "description": "rows that changed something"},
            "unchanged": WHOLE,
            "refused": WHOLE,
            "left_out": WHOLE,
            "refusals": listed(
                closed(
                    {
                        "place": WHOLE,
                        "customer": TEXT_OR_NULL,
                        "errors": listed(closed({"detail": TEXT, "pointer": TEXT_OR_NULL})),
                    }
                )
            ),
        }
    ),
}
