"""Runs as documents: what they are told as, over HTTP and in reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from app.domain.instants import utc_text
from app.domain.runs import Run, RunItem, RunRules
from schemas.shapes import (
    DAY,
    DIGEST,
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


class Work(Protocol):
    """An item of somebody's work; ``leads``: the worst of its customer."""

    @property
    def item(self) -> RunItem: ...
    @property
    def leads(self) -> bool: ...


class Page(Protocol):
    """Some of it; ``next`` is the customer behind which it goes on."""

    @property
    def work(self) -> tuple[Work, ...]: ...
    @property
    def next(self) -> str | None: ...


def run_document(run: Run, rules: RunRules | None) -> dict[str, Any]:
    """One run, with what it came to; ``rules`` are None of a kind that is not among the runs any more."""
    return {
        "id": str(run.id),
        "run": run.name,
        "label": None if rules is None else {"en": rules.label.en, "zh": rules.label.zh},
        "policy": None if rules is None else rules.policy,
        "digest": run.digest,
        "as_of": run.as_of.isoformat(),
        "begun_at": utc_text(run.begun_at),
        "finished_at": None if run.finished_at is None else utc_text(run.finished_at),
        "requested_by": run.by,
        "round": run.round,
        "done_until": run.done_until,
        "counts": dict(run.counts),
    }


def work_document(one: Work, rules: RunRules) -> dict[str, Any]:
    """One item of a worklist."""
    item, told, work = one.item, one.item.told, rules.worklist
    return {
        "customer": item.customer,
        "reference": item.reference,
        "decision": None if item.decision is None else str(item.decision),
        "outcome": item.outcome,
        "owner": item.owner,
        "leads": one.leads,
        "stage": told.get(work.worst_by),
        "action": told.get(work.action),
        "amount": told.get(work.amount),
        "next": told.get(work.next),
        "to_settle": item.to_settle,
        "shows": {name: told.get(name) for name in work.shows},
    }


def worklist_document(run: Run, rules: RunRules, page: Page) -> dict[str, Any]:
    """A page of a worklist."""
    return {
        "run": str(run.id),
        "as_of": run.as_of.isoformat(),
        "finished": run.finished_at is not None,
        "work": [work_document(one, rules) for one in page.work],
        "next": page.next,
    }


_RUN = closed(
    {
        "id": ID,
        "run": TEXT,
        "label": or_null(part("Words")),
        "policy": TEXT_OR_NULL,
        "digest": DIGEST,
        "as_of": DAY,
        "begun_at": INSTANT,
        "finished_at": {**or_null(INSTANT), "description": "null while it is under way, or was stopped"},
        "requested_by": TEXT,
        "round": {**WHOLE, "description": "how often it was asked for, from 1"},
        "done_until": {**TEXT_OR_NULL, "description": "the last customer of whom all is decided"},
        "counts": {"type": "object", "additionalProperties": WHOLE},
    }
)
_VALUE: Schema = {"type": ["string", "array", "null"], "description": "an output; null where there is none"}
_SHOWN: Schema = {"type": ["string", "number", "boolean", "array", "null"]}
SHAPES: Mapping[str, Schema] = {
    "Run": _RUN,
    "Runs": closed({"runs": listed(part("Run")), "next": or_null(ID)}),
    "RunWorklist": closed(
        {
            "run": ID,
            "as_of": DAY,
            "finished": YES_NO,
            "work": listed(
                closed(
                    {
                        "customer": TEXT,
                        "reference": {
                            **TEXT,
                            "description": "the invoice, or the customer",
                        },
                        "decision": or_null(ID),
                        "outcome": TEXT_OR_NULL,
                        "owner": TEXT,
                        "leads": {**YES_NO, "description": "the worst of this customer's"},
                        "stage": _VALUE,
                        "action": _VALUE,
                        "amount": _VALUE,
                        "next": _VALUE,
                        "to_settle": {
                            **YES_NO,
                            "description": "a referral: nothing is done before a person settles it",
                        },
                        "shows": {"type": "object", "additionalProperties": _SHOWN},
                    }
                )
            ),
            "next": {**TEXT_OR_NULL, "description": "the customer behind which it goes on; null at the end"},
        }
    ),
}
