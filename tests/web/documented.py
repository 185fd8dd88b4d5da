"""A test client that holds every answer to what the OpenAPI document says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from flask.testing import FlaskClient
from jsonschema_rs import Draft202012Validator
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from app.web.api.documents import overall_document

PROBLEM = "application/problem+json"
MOST_LINES = 20
SEEN: set[tuple[str, int]] = set()
"""Operation and status of every answer that was checked in this run."""


@cache
def document() -> dict[str, Any]:
    """The document of the whole service, as clients read it."""
    found: dict[str, Any] = json.loads(json.dumps(overall_document()))
    return found


@cache
def validator(name: str) -> Draft202012Validator:
    """What checks a value against one of the document's shapes; compiled, as every answer is checked."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return Draft202012Validator(schema, validate_formats=True)


class DocumentedClient(FlaskClient):
    """A client whose every answer has a documented status, media type and shape."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        check(self.application, response)
        return response


def check(app: Any, response: TestResponse) -> None:
    """Raise ``AssertionError`` when the answer is not as documented."""
    method, path = response.request.method, response.request.path
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    rule = _rule(app, method, path)
    if rule is None:
        assert response.status_code in (404, 405)
        check_problem(response)
        return
    if method in ("HEAD", "OPTIONS"):
        return
    operation = document()["paths"][rule][method.lower()]
    if response.status_code == 304:
        return
    assert str(response.status_code) in operation["responses"], f"{method} {path}: {response.text[:500]}"
    SEEN.add((operation["operationId"], response.status_code))
    content = operation["responses"][str(response.status_code)]["content"]
    assert response.mimetype in content
    assert response.headers["Request-Id"]
    shape = content[response.mimetype]["schema"]["$ref"].rpartition("/")[2]
    for value in islice(values(response), MOST_LINES):
        validator(shape).validate(value)
    if response.status_code >= 400:
        check_problem(response)


def _rule(app: Any, method: str, path: str) -> str | None:
    """The route as the document writes it, None where there is none."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path, method, return_rule=True)
    except HTTPException:
        return None
    return str(rule.rule).replace("<path:", "<").replace("<", "{").replace(">", "}")


def check_problem(response: TestResponse) -> None:
    """Every error is a problem whose status is the answer's."""
    if response.request.method == "HEAD":
        return
    assert response.mimetype == PROBLEM
    problem = json.loads(response.data)
    validator("Problem").validate(problem)
    assert problem["status"] == response.status_code


def values(response: TestResponse) -> Iterator[Any]:
    """The JSON values of an answer: one, or one a line."""
    if response.mimetype == "application/x-ndjson":
        yield from (json.loads(line) for line in response.data.splitlines())
    elif str(response.mimetype).endswith("json"):
        yield json.loads(response.data)
    else:
        yield response.data.decode(errors="replace")  # of a file, what is left of it as text
