"""The calls that set versions of a ruleset side by side."""

from __future__ import annotations

from app.settings.rooms import LONG
from app.web.api.batches import CSV, NDJSON
from app.web.api.operations.operation import LANG, NAME, Operation, parameter

_NAMES = "of a portfolio: names with commas between them; in JSON they stand in the body"

OPERATIONS = (
    Operation(
        "compareRulesets",
        "GET /v1/rulesets/{policy}/comparison",
        "What differs between two versions: in words, in effect, on their cases, and line by line",
        {200: "Comparison"},
        (404, 409, 422, 503),
        None,
        (
            parameter("from", "query", NAME, "the version to begin with; it must be given"),
            parameter("to", "query", NAME, "the version to end with; it must be given"),
            LANG,
        ),
        places=LONG,
    ),
    Operation(
        "proveComparison",
        "POST /v1/rulesets/{policy}/comparison/proof",
        "Whether two versions decide alike for all facts: proven, or the ways in which they do not, each"
        " with a sample and how many of the newest 10,000 recorded decisions lie in it; nothing is decided",
        {200: "ComparisonProof"},
        (404, 409, 422, 429, 503),
        None,
        (
            parameter("from", "query", NAME, "the version to begin with; it must be given"),
            parameter("to", "query", NAME, "the version to end with; it must be given"),
            LANG,
        ),
        places=LONG,
    ),
    Operation(
        "rehearse",
        "POST /v1/rulesets/{policy}/versions/{version}/rehearsal",
        "What a version would have answered, on at most 10,000 recorded decisions or lines of a portfolio;"
        " nothing is decided. The list comes as CSV where that is asked for",
        {200: "Rehearsal"},
        (400, 404, 409, 411, 413, 415, 422, 503),
        "RehearsalRequest",
        (
            parameter("against", "query", NAME, "of a portfolio: the baseline instead of what is in force"),
            parameter("by", "query", NAME, f"choices to split the result by; {_NAMES}"),
            parameter("sum", "query", NAME, f"numbers to add up; {_NAMES}"),
        ),
        takes=(CSV, NDJSON[0]),
        also={CSV: "RehearsalList"},
        places=LONG,
    ),
)
