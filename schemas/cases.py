"""Cases of a ruleset as they are answered: what they cover, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.shapes import (
    DAY,
    DIGEST,
    SAID,
    TEXT,
    TEXT_OR_NULL,
    VALUES,
    WHOLE,
    closed,
    listed,
    or_null,
)

_SIDE = {"enum": ["below", "above"]}
_THRESHOLD: Mapping[str, Any] = {"of": TEXT, "test": TEXT, "line": WHOLE}
_CASE: Mapping[str, Any] = {
    "given": VALUES,
    "as_of": DAY,
    "expect": closed(
        {
            "outcome": TEXT_OR_NULL,
            "reasons": or_null(listed(TEXT)),
            "values": VALUES,
            "fired": listed(TEXT),
            "not_fired": listed(TEXT),
        }
    ),
}
_COVERAGE = closed(
    {
        "rules": WHOLE,
        "rules_covered": WHOLE,
        "sides": WHOLE,
        "sides_covered": WHOLE,
        "by_rule": listed(closed({"rule": TEXT, "cases": listed(TEXT)})),
        "thresholds": listed(
            closed({**_THRESHOLD, "below": or_null(listed(TEXT)), "above": or_null(listed(TEXT))})
        ),
    }
)
SHAPES: Mapping[str, Any] = {
    "RulesetCases": closed(
        {
            "policy": TEXT,
            "version": TEXT,
            "digest": DIGEST,
            "coverage": _COVERAGE,
            "cases": listed(closed({"name": TEXT, "line": WHOLE, **_CASE})),
            "proposed": listed(
                closed(
                    {
                        "name": SAID,
                        "base": TEXT_OR_NULL,
                        "changes": listed(TEXT),
                        **_CASE,
                        "touches": listed(closed({**_THRESHOLD, "side": _SIDE})),
                        "text": TEXT,
                    }
                )
            ),
            "unreached": listed(
                closed(
                    {
                        **_THRESHOLD,
                        "side": _SIDE,
                        "why": {"enum": ["beyond", "never", "apart", "too_hard"]},
                        "too_hard": listed(TEXT),
                        "said": SAID,
                    }
                )
            ),
            "runs": WHOLE,
        }
    ),
}
