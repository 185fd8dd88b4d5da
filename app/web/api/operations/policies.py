"""The calls that tell what may be asked."""

from __future__ import annotations

from app.web.api.operations.operation import Operation

OPERATIONS = (
    Operation("listPolicies", "GET /v1/policies", "The policies", {200: "Policies"}, (422, 503)),
    Operation(
        "readPolicy",
        "GET /v1/policies/{policy}",
        "What a policy asks and answers, as far as it is the caller's to give and to see",
        {200: "Policy"},
        (404, 409, 422, 503),
    ),
    Operation(
        "readPolicyDocument",
        "GET /v1/policies/{policy}/openapi.json",
        "The same as an OpenAPI document, made from the policy's own facts",
        {200: "Document"},
        (404, 409, 422, 503),
    ),
)
