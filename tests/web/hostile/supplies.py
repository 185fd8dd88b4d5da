"""What hostile requests are made of: values at every edge, strange words, methods, media types and paths."""

from __future__ import annotations

from typing import Any

from tests.every_kind import GIVEN
from tests.web.service import FACTS

POLICIES: dict[str, dict[str, Any]] = {"payment-terms": FACTS, "every-kind": GIVEN}
USUAL = FACTS
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "get", "X" * 200]
# fmt: off
MEDIA = [
    "application/json", "application/x-ndjson", "text/csv", "text/plain", "", "APPLICATION/JSON",
    "application/json; charset=utf-16", "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded", "a/b/c", ";;;",
]
PROOFS = [
    "", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", "bearer \xe9", "Bearer " + "x" * 5000,
    "Bearer termwise_" + "0" * 32 + "_" + "A" * 43, "Bearer " + "A" * 43,
]
WORDS = [
    "", "A", "yes", "true", "null", "NaN", "1e999", "0.30", "-0", "9" * 31, "9" * 400,
    "2026-02-30", "9999-12-31", "0001-01-01",
    "付款", "e\u0301", "\u202e", "\x00", "\ud800", "\\u0000", "\U0001f600", "\r\nX: y",
    "' OR 1=1 --", "{{7*7}}", "${x}", "{customer}", "%00", "%s%n", "<script>alert(1)</script>",
    "../../etc/passwd", "x" * 201, "x" * 3000,
]
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, 2**64, -(2**63) - 1,
    10**29, 10**30, 10**400, 0.1, 1e300, -0.0,
    [], {}, [[]], [None], [1, "A", {}], {"en": 1}, {"": ""}, *WORDS,
]
PATHS = [
    "/", "//", "*", "/?x=1", "/v1", "/v1/policies", "/v1/policies/", "/v1/policies?x", "/v1/decisions",
    "/v1//decisions", "/openapi.json", "/healthz", "/readyz", "/metrics", "/v1/policies/payment-terms",
    "/v1/policies/every-kind/openapi.json", "/v1/policies/%00", "/v1/decisions/%ff",
    "/v1/../../etc/passwd", "/%2e%2e/%2e%2e", "/v1/decisions/..%2f",
    "/v1/me", "/v1/people", "/v1/keys", "/v1/sessions", "/v1/referrals", "/v1/events?after=x",
    "http://elsewhere.example/v1/policies", "/" + "x" * 8000,
]
# fmt: on
