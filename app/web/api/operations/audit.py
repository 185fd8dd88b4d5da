"""The calls that show the log, and prove it."""

from __future__ import annotations

from app.domain.audit import EntryKind
from app.web.api.batches import NDJSON
from app.web.api.operations.operation import NAME, Operation, parameter

_MOST, _USUAL = 1000, 100
_WHOLE = {"type": "integer", "minimum": 0}

OPERATIONS = (
    Operation(
        "readProof",
        "GET /v1/decisions/{id}/proof",
        "That the decision's entry stands in the log: its leaf, the path to the root, the signed head;"
        " 503 in the first moments, before it has its place",
        {200: "Proof"},
        (404, 422, 503),
    ),
    Operation(
        "readCheckpoint",
        "GET /v1/audit/checkpoint",
        "The signed head of the log (C2SP tlog-checkpoint); whoever keeps one can show a later rewriting",
        {200: "Checkpoint"},
        (422, 503),
        None,
        (
            parameter(
                "from",
                "query",
                _WHOLE,
                "size of an earlier checkpoint: adds the proof that this continues it",
            ),
        ),
    ),
    Operation(
        "listAuditEntries",
        "GET /v1/audit/entries",
        "The entries of the log in the order of its tree, with what stands in the clear, and who did it;"
        " a page of a filter may be short or empty and yet have a `next`",
        {200: "AuditEntries"},
        (404, 422, 503),
        None,
        (
            parameter("from", "query", {**_WHOLE, "default": 0}, "the index of the first"),
            parameter(
                "limit", "query", {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _USUAL}
            ),
            parameter("kind", "query", {"enum": list(map(str, EntryKind))}, "entries of this kind only"),
            parameter("policy", "query", NAME, "only entries that name this policy in the clear"),
        ),
    ),
    Operation(
        "exportLog",
        "GET /v1/audit/export",
        "The whole log in lines of JSON, to be verified without this service; sealed parts stay sealed",
        {200: "ExportLine"},
        (422, 503),
        None,
        (),
        NDJSON[0],
    ),
)
