"""The calls that show the log, and prove it."""

from __future__ import annotations

from app.domain.audit import EntryKind
from app.settings.rooms import LONG
from app.web.api.batches import NDJSON
from app.web.api.operations.operation import NAME, Operation, parameter
from schemas.shapes import ID, TEXT

_MOST, _USUAL = 1000, 100
_WHOLE = {"type": "integer", "minimum": 0}
_WORDS = {
    "version": "of this version of a policy's rulesets",
    "outcome": "with this outcome",
    "rule": "in which this rule (`step/rule`) held",
    "reason": "with this reason code",
}

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
        "The entries of the log, with what stands in the clear, and who did it: all of them in the order of"
        " its tree, or those that every filter fits, in the order in which they were made; a page may be"
        " short or empty and yet have a `next`",
        {200: "AuditEntries"},
        (404, 422, 503),
        None,
        (
            parameter(
                "limit", "query", {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _USUAL}
            ),
            parameter("after", "query", _WHOLE, "the `next` of the page before"),
            parameter("order", "query", {"enum": ["oldest", "newest"], "default": "oldest"}),
            parameter("id", "query", ID, "the entry with this id"),
            parameter("kind", "query", {"enum": list(map(str, EntryKind))}, "entries of this kind only"),
            parameter("policy", "query", NAME, "only entries that name this policy in the clear"),
            *(
                parameter(name, "query", NAME, f"{what}; with a policy, name, time or range of indexes")
                for name, what in _WORDS.items()
            ),
            parameter("customer", "query", NAME, "about this customer"),
            parameter("reference", "query", NAME, "decisions with this reference"),
            parameter("person", "query", NAME, "done by the person with this login or id, or by `operator`"),
            parameter("since", "query", TEXT, "made at this day or instant, or later"),
            parameter("until", "query", TEXT, "made before this day or instant"),
            parameter("from", "query", _WHOLE, "the index of the first"),
            parameter("to", "query", _WHOLE, "the index of the last"),
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
        places=LONG,
    ),
)
