"""The calls about the tables of a version: out for another program, and back into a draft."""

from __future__ import annotations

from app.web.api.operations.operation import Operation, parameter
from schemas.interchange.forms import DMN, XLSX

_HERE = "/v1/rulesets/{policy}/versions/{version}/tables"
_IF_MATCH = parameter("If-Match", "header", {"type": "string"}, "the ETag of the version as you read it")
_WINS = parameter(
    "wins", "query", {"enum": ["yes"]}, "take what the file says of tables that were changed since, too"
)

OPERATIONS = (
    Operation(
        "exportTables",
        f"GET {_HERE}",
        "Its tables as a file for another program, by Accept",
        {200: "RulesetTables"},
        (404, 422, 503),
        media=XLSX.media_type,
        also={DMN.media_type: "RulesetTables"},
    ),
    Operation(
        "importTables",
        f"PUT {_HERE}",
        "Tables that were edited elsewhere, merged into its text by row: a draft again",
        {200: "RulesetMerge"},
        (400, 404, 409, 412, 413, 415, 422, 428, 503),
        "RulesetTables",
        (_IF_MATCH, _WINS),
        asks=XLSX.media_type,
        takes=(DMN.media_type,),
    ),
)
