"""A policy with a fact of every kind, and facts that it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Invalid
from schemas.facts import FactReader
from schemas.ruleset import load

TEXT = (Path(__file__).parent / "rulesets" / "every-kind.yaml").read_bytes()
RULESET = load(TEXT)
READER = FactReader(RULESET)
GIVEN: dict[str, Any] = {
    "amount": "1.00",
    "share": "0.5",
    "ratio": "1.5",
    "late": 1,
    "within": 1,
    "due": "2026-01-01",
    "insured": True,
    "grade": "A",
    "flags": [],
}


def read(**changes: Any) -> dict[str, Any]:
    """Typed facts: those above with changes."""
    return READER.read({**GIVEN, **changes})


def faults(given: Any, **options: Any) -> dict[str, str]:
    """What is wrong with facts, by pointer."""
    with pytest.raises(Invalid) as caught:
        READER.read(given, **options)
    return {one.pointer: one.message for one in caught.value.problems}
