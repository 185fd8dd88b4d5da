"""The calls about runs of the day."""

from __future__ import annotations

from app.web.api.operations.operation import NAME, Operation, parameter

_ID = parameter("id", "path", {"type": "string", "format": "uuid"})
_LIMIT = parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 200})

OPERATIONS = (
    Operation(
        "listRuns",
        "GET /v1/runs",
        "Runs of the day, begun last first, with what they came to",
        {200: "Runs"},
        (404, 422, 503),
        None,
        (
            parameter("run", "query", NAME, "of this kind only, by its name in the file of runs"),
            parameter("after", "query", {"type": "string", "format": "uuid"}, "`next` of the page before"),
            _LIMIT,
        ),
    ),
    Operation(
        "readRun",
        "GET /v1/runs/{id}",
        "One run: how far it came, and its counts",
        {200: "Run"},
        (404, 422, 503),
        None,
        (_ID,),
    ),
    Operation(
        "readRunWorklist",
        "GET /v1/runs/{id}/worklist",
        "Whose work a run found, customer by customer; of each customer the worst leads",
        {200: "RunWorklist"},
        (404, 422, 503),
        None,
        (
            _ID,
            parameter("owner", "query", NAME, "of this owner only"),
            parameter("after", "query", NAME, "`next` of the page before: a customer"),
            _LIMIT,
        ),
    ),
)
