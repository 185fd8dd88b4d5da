"""The calls about keeping: erasing a customer, holding one, and how long things are kept."""

from __future__ import annotations

from app.web.api.operations.operation import Operation, parameter
from schemas.requests import NAME_PATTERN

_BODY = (400, 413, 415, 422, 503)
_CUSTOMER = parameter(
    "customer",
    "path",
    {"type": "string", "pattern": NAME_PATTERN},
    "the customer as decisions name it, percent-encoded",
)

OPERATIONS = (
    Operation(
        "eraseCustomer",
        "POST /v1/customers/{customer}/erasure",
        "Destroy the customer's data keys: what they sealed is gone; given again, it says what was erased",
        {200: "Erasure"},
        (*_BODY, 404, 409),
        "ErasureRequest",
        (_CUSTOMER,),
    ),
    Operation(
        "readHold",
        "GET /v1/customers/{customer}/hold",
        "Whether a legal hold stands on the customer, and why",
        {200: "Hold"},
        (404, 422, 503),
        None,
        (_CUSTOMER,),
    ),
    Operation(
        "placeHold",
        "PUT /v1/customers/{customer}/hold",
        "Hold the customer: nothing of it is erased, by anybody or by age, until the hold is released",
        {200: "Hold"},
        (*_BODY, 404, 409),
        "HoldRequest",
        (_CUSTOMER,),
    ),
    Operation(
        "releaseHold",
        "DELETE /v1/customers/{customer}/hold",
        "Let the hold end",
        {200: "Hold"},
        (*_BODY, 404, 409),
        "HoldRequest",
        (_CUSTOMER,),
    ),
    Operation(
        "readRetention",
        "GET /v1/retention",
        "How long decisions of each policy are kept; nothing is erased by age without a row",
        {200: "Retention"},
        (422, 503),
        None,
        (
            parameter(
                "history", "query", {"enum": ["yes"]}, "every row that ever stood, by policy, oldest first"
            ),
        ),
    ),
    Operation(
        "setRetention",
        "PUT /v1/retention",
        "Set or withdraw one row; the rows before it stay in the history",
        {200: "Retention"},
        (*_BODY, 404, 409),
        "RetentionRequest",
    ),
)
