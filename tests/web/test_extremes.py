"""Every fact of every shipped policy, at the edge of what it may be ..."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.domain.ruleset import Ruleset
from app.domain.values import DECIMAL_KINDS, MAX_DIGITS, MOST_WHOLE, WHOLE_KINDS, Kind
from schemas.json_values import json_value
from schemas.policies import example
from schemas.ruleset import load
from tests.web.service import ROOT, serving

SHIPPED = sorted((ROOT / "rulesets").glob("*/*.yaml"))
DAYS = ("0001-01-01", "9999-12-31", "2024-02-29")


def edges(ruleset: Ruleset) -> Iterator[dict[str, Any]]:
    """Requests with one fact at an edge, then with every fact at one, then at the edges of time."""
    usual = example(ruleset)
    values = {name: list(_edges(ruleset, name)) for name in ruleset.facts}
    for name, found in values.items():
        yield from ({"facts": {**usual, name: value}} for value in found)
    for place in range(6):
        yield {"facts": {name: found[place % len(found)] for name, found in values.items()}}
    yield from ({"facts": usual, "as_of": day} for day in DAYS)
    yield {"facts": dict.fromkeys(usual)}
    yield {"facts": {}}


def _edges(ruleset: Ruleset, name: str) -> Iterator[Any]:
    spec = ruleset.facts[name]
    kind = spec.type.kind
    yield None
    yield from (json_value(bound) for bound in (spec.minimum, spec.maximum) if bound is not None)
    if kind in DECIMAL_KINDS:
        digits = "9" * (MAX_DIGITS - spec.type.decimals)
        yield from (
            "0",
            digits,
            f"-{digits}",
            f"0.{'0' * (spec.type.decimals - 1)}1" if spec.type.decimals else "1",
        )
    elif kind in WHOLE_KINDS:
        yield from (0, MOST_WHOLE, -MOST_WHOLE)
    elif kind is Kind.DATE:
        yield from DAYS
    elif kind is Kind.YES_NO:
        yield from (True, False)
    elif kind is Kind.CHOICE:
        yield from spec.type.choices
    elif kind is Kind.CHOICES:
        yield from ([], list(spec.type.choices), *([choice] for choice in spec.type.choices))
    else:
        yield from ("", "x" * 2000, "{customer}")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_gives_a_decision_that_replays_or_a_refusal(path: Path, tmp_path: Path) -> None:
    ruleset = load(path.read_bytes())
    here = f"/v1/policies/{ruleset.policy}/decisions/batch"
    with serving(tmp_path, path.read_bytes()) as service:
        body = b"\n".join(json.dumps(one).encode() for one in edges(ruleset))
        answers = [
            json.loads(line) for line in service.post(here, body, "application/x-ndjson").data.splitlines()
        ]
        assert {one["problem"]["status"] for one in answers if "problem" in one} <= {422}
        decided = [one["decision"] for one in answers if "decision" in one]
        assert len(decided) > len(ruleset.facts)
        assert all("failure" not in one for one in decided)
        for one in decided:
            assert service.services.auditing.replay(UUID(one["id"])).identical
        for one in decided[::20]:
            assert service.get(f"/v1/decisions/{one['id']}/explanation", lang="zh").status_code == 200
            assert service.get(f"/v1/decisions/{one['id']}/letters").status_code == 200
