"""The calls about imports: which there were, and tables of signals."""

from __future__ import annotations

from app.web.api.operations.operation import NAME, Operation, parameter
from schemas.customer_items import SOURCES

OPERATIONS = (
    Operation(
        "listImports",
        "GET /v1/imports",
        "Imports of facts, signals and receivables, begun last first, with what became of their rows",
        {200: "Imports"},
        (404, 422, 503),
        None,
        (
            parameter("kind", "query", NAME, "customer-facts, customer-signals or receivables only"),
            parameter("after", "query", {"type": "string", "format": "uuid"}, "`next` of the page before"),
            parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 200}),
        ),
    ),
    Operation(
        "readImport",
        "GET /v1/imports/{id}",
        "One import: its counts, and the first rows that it refused",
        {200: "Import"},
        (404, 422, 503),
        None,
        (parameter("id", "path", {"type": "string", "format": "uuid"}),),
    ),
    Operation(
        "importSignals",
        "POST /v1/signals/imports",
        "File a table of signals, CSV or a workbook, by a mapping; each row is one event of one customer",
        {200: "ImportReport"},
        (400, 404, 413, 415, 422, 503),
        "CustomerTable",
        (
            parameter(
                "as_of", "query", {"type": "string", "format": "date"}, "the day of rows that name none"
            ),
            parameter("source", "query", {"enum": list(SOURCES)}, "of rows that name none"),
            parameter("evidence", "query", NAME, "of rows that name none"),
            parameter("dry_run", "query", {"enum": ["yes"]}, "say what would be refused, and file nothing"),
        ),
        asks="multipart/form-data",
    ),
)
