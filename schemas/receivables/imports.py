"""What an import of receivables did, as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.customer_items import Refusal
from schemas.shapes import ID, TEXT, WHOLE, YES_NO, Schema, closed, listed, or_null

MOST_REFUSALS = 1000


def import_document(report: Any, refusals: Sequence[Refusal]) -> dict[str, Any]:
    """What became of an import, with the first refused rows."""
    return {
        "import": None if report.id is None else str(report.id),
        "dry_run": report.id is None,
        "read": report.read,
        "refused": report.refused,
        "left_out": report.left_out,
        "new": report.new,
        "corrected": report.corrected,
        "moved": report.moved,
        "ahead": report.ahead,
        "unmatched": None if report.id is None else report.unmatched,
        "unmatched_documents": [one._asdict() for one in report.stray],
        "unchanged": report.unchanged,
        "kinds": {str(kind): number for kind, number in report.kinds.items()},
        "refusals": [
            {"place": one.place, "errors": [problem.message for problem in one.problems]}
            for one in refusals[:MOST_REFUSALS]
        ],
    }


SHAPES: Mapping[str, Schema] = {
    "ReceivablesImport": closed(
        {
            "import": {**or_null(ID), "description": "its entry in the log; null of a dry run"},
            "dry_run": YES_NO,
            "read": WHOLE,
            "refused": WHOLE,
            "left_out": WHOLE,
            "new": {**WHOLE, "description": "documents; of a dry run all that could be taken"},
            "corrected": WHOLE,
            "moved": {**WHOLE, "description": "of those corrected: they are another customer's now"},
            "ahead": {**WHOLE, "description": "dated after today"},
            "unmatched": {
                **or_null(WHOLE),
                "description": "written and settling nothing: their customer has no invoice that they name",
            },
            "unmatched_documents": {
                **listed(closed({"kind": TEXT, "number": TEXT, "customer": TEXT, "invoice": TEXT})),
                "description": "the first of them",
            },
            "unchanged": WHOLE,
            "kinds": {"type": "object", "additionalProperties": WHOLE},
            "refusals": listed(closed({"place": WHOLE, "errors": listed(TEXT)})),
        }
    ),
}
