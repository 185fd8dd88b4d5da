"""The calls about receivables: documents in, what a customer owes, and the reports over all."""

from __future__ import annotations

from app.domain.receivables.documents import DocumentKind
from app.web.api.operations.operation import NAME, Operation, parameter

_BODY = (400, 413, 415, 422, 503)
_AS_OF = parameter("as_of", "query", {"type": "string", "format": "date"}, "the day; today unless given")

OPERATIONS = (
    Operation(
        "importReceivables",
        "POST /v1/receivables/imports",
        "Import documents from a table, CSV or a workbook, by their own numbers; twice changes nothing",
        {200: "ReceivablesImport"},
        _BODY,
        "CustomerTable",
        (
            parameter("kind", "query", {"enum": [str(kind) for kind in DocumentKind]}, "without a mapping"),
            parameter("dry_run", "query", {"enum": ["yes"]}, "say what would be refused, and write nothing"),
        ),
        asks="multipart/form-data",
    ),
    Operation(
        "readHeadroom",
        "GET /v1/customers/{customer}/headroom",
        "What is left of a customer's limit; sales read it of their own customers",
        {200: "Headroom"},
        (404, 422, 503),
        None,
        (parameter("customer", "path", NAME, "the customer as decisions name it, percent-encoded"), _AS_OF),
    ),
    Operation(
        "readReceivables",
        "GET /v1/customers/{customer}/receivables",
        "What a customer owes on a day: measures with their formulas, ageing, open invoices",
        {200: "Receivables"},
        (404, 422, 503),
        None,
        (parameter("customer", "path", NAME, "the customer as decisions name it, percent-encoded"), _AS_OF),
    ),
    Operation(
        "reportReceivables",
        "GET /v1/receivables/report",
        "Key figures over all customers, with formulas and benchmarks",
        {200: "ReceivablesReport"},
        (422, 503),
        None,
        (_AS_OF,),
    ),
    Operation(
        "stressReceivables",
        "GET /v1/receivables/stress",
        "What scenarios of late payment and failure do to cash by week, and which limits they break",
        {200: "ReceivablesStress"},
        (422, 503),
        None,
        (_AS_OF,),
    ),
)
