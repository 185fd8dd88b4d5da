"""The calls about the customer file: facts and signals in, what holds out."""

from __future__ import annotations

from app.web.api.operations.operation import NAME, Operation, parameter
from schemas.customer_items import SOURCES

_BODY = (400, 413, 415, 422, 503)
_CUSTOMER = parameter("customer", "path", NAME, "the customer as decisions name it, percent-encoded")
_AS_OF = parameter("as_of", "query", {"type": "string", "format": "date"}, "the day; today unless given")

OPERATIONS = (
    Operation(
        "listFileFacts",
        "GET /v1/customers/facts",
        "The facts that may be filed: what rulesets in force take from the customer file",
        {200: "FileFacts"},
        (422, 503),
    ),
    Operation(
        "fileFacts",
        "POST /v1/customers/facts",
        "File facts of several customers; each item that cannot be filed is told, the others are kept",
        {200: "ImportReport"},
        _BODY,
        "FilingRequest",
    ),
    Operation(
        "importCustomers",
        "POST /v1/customers/imports",
        "File a table, CSV or a workbook, by a mapping; each row is one customer with several facts",
        {200: "ImportReport"},
        _BODY,
        "CustomerTable",
        (
            _AS_OF,
            parameter("source", "query", {"enum": list(SOURCES)}, "of rows that name none"),
            parameter("evidence", "query", NAME, "of rows that name none"),
            parameter("dry_run", "query", {"enum": ["yes"]}, "say what would be refused, and file nothing"),
        ),
        asks="multipart/form-data",
    ),
    Operation(
        "listFiledCustomers",
        "GET /v1/customers",
        "Customers of whom something is filed, by name",
        {200: "FiledCustomers"},
        (422, 503),
        None,
        (
            parameter("prefix", "query", NAME, "how the name begins"),
            parameter("after", "query", NAME, "`next` of the page before"),
            parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": 200}),
        ),
    ),
    Operation(
        "readFile",
        "GET /v1/customers/{customer}/file",
        "What holds of a customer on a day, with source, evidence and age of each fact",
        {200: "CustomerFile"},
        (404, 422, 503),
        None,
        (_CUSTOMER, _AS_OF),
    ),
    Operation(
        "readFactHistory",
        "GET /v1/customers/{customer}/facts/{fact}",
        "Everything that was ever filed of one fact",
        {200: "FactHistory"},
        (404, 422, 503),
        None,
        (_CUSTOMER, parameter("fact", "path", NAME)),
    ),
    Operation(
        "fileSignals",
        "POST /v1/customers/{customer}/signals",
        "File what happened to a customer: a lawsuit, a change in the register, news",
        {200: "ImportReport"},
        (*_BODY, 404),
        "SignalsRequest",
        (_CUSTOMER,),
    ),
    Operation(
        "listSignals",
        "GET /v1/customers/{customer}/signals",
        "What happened to a customer, in the order of filing",
        {200: "Signals"},
        (404, 422, 503),
        None,
        (_CUSTOMER,),
    ),
)
