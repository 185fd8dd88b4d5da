"""Every call of the interface in one table: OpenAPI says it, and the guard holds the routes to it.

One module a resource, each with its ``OPERATIONS``. A route without an operation, or
an operation without a row in ``app.domain.access``, stops the application from being
built: nobody can forget to say who may call it.
"""

from __future__ import annotations

from app.web.api.operations import (
    audit,
    comparisons,
    customers,
    decisions,
    imports,
    keeping,
    people,
    policies,
    receivables,
    referrals,
    rulesets,
    runs,
    service,
    tables,
)
from app.web.api.operations.operation import Operation

__all__ = ["OPERATIONS", "PROBLEMS", "Operation"]

PROBLEMS = {
    400: "The body ended before its announced length.",
    401: "Nobody is signed in, or what was sent to show it is not valid (any more).",
    403: "Not this caller's to do: the role, the key's scope, or a sign-in too long ago.",
    404: "There is no such thing, or not for this caller.",
    409: "In conflict with what is there, such as a policy of which no version is in force.",
    410: "It was erased with its subject's key.",
    411: "The length must be announced: the last line may have been cut.",
    412: "It was changed since it was read; If-Match names another revision.",
    413: "The body is too large.",
    415: "The body is of a type that is not read here.",
    422: "It cannot be accepted; one entry a fault.",
    428: "If-Match is needed: say which revision was read.",
    429: "Too many requests; try again after Retry-After seconds.",
    503: "Nothing was recorded; try again after Retry-After seconds.",
}

OPERATIONS: tuple[Operation, ...] = (
    *policies.OPERATIONS,
    *decisions.OPERATIONS,
    *comparisons.OPERATIONS,
    *rulesets.OPERATIONS,
    *tables.OPERATIONS,
    *people.OPERATIONS,
    *referrals.OPERATIONS,
    *customers.OPERATIONS,
    *receivables.OPERATIONS,
    *imports.OPERATIONS,
    *runs.OPERATIONS,
    *keeping.OPERATIONS,
    *audit.OPERATIONS,
    *service.OPERATIONS,
)
