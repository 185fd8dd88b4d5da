"""The calls about people, their sessions and their keys."""

from __future__ import annotations

from app.web.api.operations.operation import Operation, parameter
from app.web.api.paging import MOST, USUAL

_BODY = (400, 413, 415, 422, 503)
_PAGE = (
    parameter("limit", "query", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}),
    parameter("after", "query", {"type": "string", "format": "uuid"}, "the `next` of the page before"),
)
_IF_MATCH = parameter("If-Match", "header", {"type": "string"}, "the ETag of the person as you read it")

OPERATIONS = (
    Operation(
        "signIn",
        "POST /v1/sessions",
        "Login and password in, a session out: a cookie, and its token for Authorization: Bearer",
        {201: "Session"},
        (*_BODY, 401, 403, 429),
        "SignInRequest",
    ),
    Operation("signOut", "DELETE /v1/sessions/current", "End this session", {200: "Done"}, (422, 503)),
    Operation(
        "readMe", "GET /v1/me", "Who asks, and which calls are theirs to make", {200: "Me"}, (422, 503)
    ),
    Operation(
        "listPeople", "GET /v1/people", "Everybody, oldest first", {200: "People"}, (422, 503), None, _PAGE
    ),
    Operation(
        "createPerson",
        "POST /v1/people",
        "A new person; a password that was made up is told once",
        {201: "PersonCreated"},
        (*_BODY, 409),
        "PersonRequest",
    ),
    Operation(
        "readPerson",
        "GET /v1/people/{id}",
        "A person, with what they may settle",
        {200: "PersonStanding"},
        (404, 422, 503),
    ),
    Operation(
        "changePerson",
        "PATCH /v1/people/{id}",
        "Another name, role, language, or whether they are active; from their next request on",
        {200: "Person"},
        (*_BODY, 404, 409, 412, 428),
        "PersonChange",
        (_IF_MATCH,),
    ),
    Operation(
        "setPassword",
        "PUT /v1/people/{id}/password",
        "Another password: one's own with the old one; every other session ends",
        {200: "Done"},
        (*_BODY, 404, 409),
        "PasswordRequest",
    ),
    Operation(
        "setAuthority",
        "PUT /v1/people/{id}/authority/{policy}",
        "What they may settle in a policy, in place of what stood there",
        {200: "Authorities"},
        (*_BODY, 404, 409),
        "AuthorityRequest",
    ),
    Operation(
        "removeAuthority",
        "DELETE /v1/people/{id}/authority/{policy}",
        "They may settle nothing in that policy any more",
        {200: "Authorities"},
        (404, 422, 503),
    ),
    Operation(
        "listCustomers",
        "GET /v1/people/{id}/customers",
        "The customers they look after",
        {200: "Portfolio"},
        (404, 422, 503),
    ),
    Operation(
        "assignCustomer",
        "POST /v1/people/{id}/customers",
        "One more customer to look after; one customer may have several people",
        {200: "Portfolio"},
        (*_BODY, 404, 409),
        "CustomerRequest",
    ),
    Operation(
        "unassignCustomer",
        "DELETE /v1/people/{id}/customers/{customer}",
        "One customer less, by the `id` of the list",
        {200: "Portfolio"},
        (404, 422, 503),
    ),
    Operation(
        "listKeys", "GET /v1/keys", "Keys without their secrets", {200: "KeyPage"}, (422, 503), None, _PAGE
    ),
    Operation(
        "createKey",
        "POST /v1/keys",
        "A key for an active person, within their role; its secret is told once",
        {201: "KeyCreated"},
        (*_BODY, 409),
        "KeyRequest",
    ),
    Operation(
        "revokeKey",
        "DELETE /v1/keys/{id}",
        "End a key, from its next request on; its owner may, too",
        {200: "Key"},
        (404, 409, 422, 503),
    ),
)
