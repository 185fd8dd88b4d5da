"""What the floor stores: real entries of middling size, as long as all rows of their decisions together."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from app.domain.sealed import DecisionFilter, StoredDecision
from app.settings import Settings
from app.store.columns import words_text
from app.store.store import Store

_AMONG = 200
_ENTRY_FIXED = 16 + 24 + 16  # id, time and key of an entry
_DECISION_FIXED = 16 + 10 + 24 + 3 * 16  # id, day, time and hashes of a decision


def samples(environ: Mapping[str, str], answer_bytes: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """One for each policy of ``answer_bytes``, from decisions already recorded under ``environ``."""
    settings = Settings.from_env(environ)
    found = {}
    with Store.open(settings.database_url, settings.keys_url, writing=False) as store:
        for policy, answered in answer_bytes.items():
            page = store.finding.search(DecisionFilter(policy=policy), limit=_AMONG).decisions
            one = sorted(page, key=row_bytes)[len(page) // 2]
            leaf, sealed = one.entry.leaf, one.entry.sealed
            more = row_bytes(one) - _ENTRY_FIXED - len(one.entry.kind) - len(leaf) - len(sealed)
            found[policy] = {
                "leaf": b64encode(leaf).decode(),
                "sealed": b64encode(sealed + sealed[:more]).decode(),
                "row_bytes": row_bytes(one),
                "answer_bytes": round(answered),
            }
    return found


def row_bytes(one: StoredDecision) -> int:
    """The bytes of both rows of a decision, entry and index."""
    entry, index = one.entry, one.index
    words = (index.policy, index.version, index.digest, index.outcome, index.outcome_kind)
    lists = len(words_text(index.reasons)) + len(words_text(index.rules))
    whole = len(entry.kind) + len(entry.leaf) + len(entry.sealed) + sum(map(len, words)) + lists
    return whole + _ENTRY_FIXED + _DECISION_FIXED
