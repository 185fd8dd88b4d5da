"""Proofs, checkpoints and entries of the log as JSON; bytes are base64, hashes of leaves hexadecimal."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from app.domain.tree import Consistency, Placed, Proof
from schemas.shapes import DIGEST, ID, INSTANT, TEXT, WHOLE, YES_NO, Schema, closed, listed, or_null, part


def proof_document(proof: Proof) -> dict[str, Any]:
    """An inclusion proof with all that is needed to check it, but for the log's key."""
    return {
        "id": str(proof.id),
        "index": proof.index,
        "leaf": b64encode(proof.leaf).decode(),
        "leaf_hash": proof.hash.hex(),
        "size": proof.size,
        "path": list(proof.path),
        "checkpoint": proof.checkpoint,
    }


def consistency_document(proof: Consistency) -> dict[str, Any]:
    """A consistency proof between two sizes."""
    return {"from": proof.first, "to": proof.second, "path": list(proof.path)}


def entry_document(placed: Placed, by: str | None) -> dict[str, Any]:
    """An entry at its place: what its leaf says in the clear, whose act it was, and the leaf's own bytes."""
    assert placed.entry is not None
    said = json.loads(placed.entry.leaf)
    return {
        "index": placed.place,
        "id": said["id"],
        "kind": said["kind"],
        "at": said["at"],
        "clear": said["clear"],
        "by": by,
        "decision": placed.decision,
        "leaf": b64encode(placed.entry.leaf).decode(),
        "leaf_hash": placed.hash.hex(),
    }


SHAPES: Mapping[str, Schema] = {
    "Proof": closed(
        {
            "id": ID,
            "index": WHOLE,
            "leaf": TEXT,
            "leaf_hash": TEXT,
            "size": WHOLE,
            "path": listed(TEXT),
            "checkpoint": TEXT,
        }
    ),
    "Consistency": closed({"from": WHOLE, "to": WHOLE, "path": listed(TEXT)}),
    "Checkpoint": closed(
        {"size": WHOLE, "checkpoint": TEXT, "key": TEXT, "consistency": part("Consistency")},
        optional=("consistency",),
    ),
    "AuditEntry": closed(
        {
            "index": WHOLE,
            "id": ID,
            "kind": TEXT,
            "at": INSTANT,
            "clear": {"type": "object"},
            "by": {
                "type": ["string", "null"],
                "description": "who did it: the person whose keyed hash is `clear.actor`, by id, or"
                " `operator`; null where it is nobody's act, or nobody known",
            },
            "decision": YES_NO,
            "leaf": TEXT,
            "leaf_hash": TEXT,
        }
    ),
    "ExportLine": {
        "anyOf": [
            closed({"export": {"const": 1}, "log": TEXT}),
            closed({"ruleset": DIGEST, "text": TEXT}),
            closed(
                {"index": WHOLE, "hash": TEXT, "leaf": TEXT, "sealed": TEXT, "decision": {"const": True}},
                optional=("decision",),
            ),
            closed({"checkpoint": TEXT}),
        ]
    },
    "AuditEntries": closed(
        {"entries": listed(part("AuditEntry")), "size": WHOLE, "next": or_null({"type": "integer"})}
    ),
}
