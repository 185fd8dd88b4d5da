"""The shape of a comparison of two versions of a ruleset."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.shapes import (
    ANY,
    SAID,
    TEXT,
    TEXT_OR_NULL,
    VALUES,
    WHOLE,
    YES_NO,
    Schema,
    closed,
    listed,
    or_null,
    part,
)

_LINES = or_null(closed({"first": WHOLE, "last": WHOLE}))
_LINE: Mapping[str, Schema] = {
    "from": or_null(WHOLE),
    "to": or_null(WHOLE),
    "text": TEXT,
}
_PART: Mapping[str, Schema] = {"kind": TEXT, "id": TEXT, "of": TEXT}

SHAPES: Mapping[str, Schema] = {
    "Comparison": closed(
        {
            "policy": TEXT,
            "from": part("Ruleset"),
            "to": part("Ruleset"),
            "identical": YES_NO,
            "changes": listed(part("RulesetDifference")),
            "effects": listed(part("RulesetEffect")),
            "cases": listed(part("CaseDifference")),
            "text": closed(
                {
                    "unified": TEXT,
                    "hunks": listed(closed({"lines": listed(closed(_LINE))})),
                    "unexplained": listed(closed({**_LINE, "said": SAID})),
                }
            ),
        }
    ),
    "RulesetDifference": {
        **closed(
            {
                "change": {"enum": ["added", "removed", "renamed", "moved", "changed"]},
                **_PART,
                "field": listed(TEXT),
                "from": ANY,
                "to": ANY,
                "lines": closed({"from": _LINES, "to": _LINES}),
                "order": TEXT,
                "same_value": YES_NO,
                "said": SAID,
            }
        ),
        "description": "`from` and `to` are as the texts write them; places where something moved, names"
        " where it was renamed. `order` says by what the order counts (a hit policy, `steps`, `severity`),"
        " empty where it is only display.",
    },
    "RulesetEffect": {
        **closed(
            {
                "follows": {"enum": ["fires", "gives", "points", "calculates", "says"]},
                **_PART,
                "name": TEXT,
                "causes": listed(TEXT),
                "readers": listed(TEXT),
                "from": or_null(SAID),
                "to": or_null(SAID),
                "said": SAID,
            }
        ),
        "description": "What follows from a change for something whose own text may be the same.",
    },
    "CaseDifference": {
        **closed(
            {
                "case": TEXT,
                "of": {"enum": ["from", "to", "both"]},
                "from": or_null(part("ToldAnswer")),
                "to": or_null(part("ToldAnswer")),
                "not_comparable": TEXT_OR_NULL,
                "said": SAID,
            }
        ),
        "description": "A case (empty: the baseline) that the two versions answer otherwise.",
    },
    "ToldAnswer": closed({"outcome": TEXT, "reasons": listed(TEXT), "outputs": VALUES}),
}
