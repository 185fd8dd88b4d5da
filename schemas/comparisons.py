"""The shape of a comparison of two versions of a ruleset."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.shapes import (
    ANY,
    DAY,
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
    "ComparisonProof": {
        **closed(
            {
                "policy": TEXT,
                "from": part("Ruleset"),
                "to": part("Ruleset"),
                "verdict": {"enum": ["equal", "differs", "not_settled", "not_comparable"]},
                "said": SAID,
                "complete": YES_NO,
                "facts_apart": listed(TEXT),
                "too_hard": listed(TEXT),
                "regions": listed(part("ComparisonRegion")),
                "recorded": or_null(
                    closed(
                        {
                            "read": WHOLE,
                            "compared": WHOLE,
                            "differing": WHOLE,
                            "not_comparable": WHOLE,
                            "cut": YES_NO,
                        }
                    )
                ),
            }
        ),
        "description": "`complete`: it is proved that they differ in no other way. `facts_apart` are facts"
        " that only one version reads in full; of what it alone reads nothing is said.",
    },
    "ComparisonRegion": {
        **closed(
            {
                "differs": {"enum": ["outcome", "outputs", "reasons"]},
                "said": SAID,
                "facts": VALUES,
                "as_of": DAY,
                "from": part("ToldAnswer"),
                "to": part("ToldAnswer"),
                "outputs": listed(TEXT),
                "rules_gone": listed(TEXT),
                "rules_new": listed(TEXT),
                "rules_clashing": listed(TEXT),
                "recorded": or_null(WHOLE),
            }
        ),
        "description": "One way in which two versions differ, with a sample that both decided. Where an"
        " outcome stays, its outputs differ, or its reasons alone. `recorded` counts recorded decisions.",
    },
    "ToldAnswer": closed({"outcome": TEXT, "reasons": listed(TEXT), "outputs": VALUES}),
}
