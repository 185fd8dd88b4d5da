"""The OpenAPI documents ..."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from openapi_spec_validator import validate

from app.domain.people import Scope
from app.web.api import operations
from app.web.api.documents import policy_openapi
from app.web.api.operations import OPERATIONS
from app.web.limits import Limits
from schemas.ruleset import load
from tests import people
from tests.web.documented import SEEN, document
from tests.web.service import BATCH, DECISIONS, FACTS, ROOT, SIMULATIONS, Service, serving, told

RULESETS = sorted([*(ROOT / "rulesets").glob("*/*.yaml"), *(ROOT / "tests" / "rulesets").glob("*.yaml")])


def test_are_valid_openapi(shared: Service) -> None:
    whole = told(shared.get("/openapi.json"))
    assert whole["openapi"].startswith("3.1")
    validate(whole)
    validate(told(shared.get("/v1/policies/payment-terms/openapi.json")))


def test_name_every_route_and_no_other(shared: Service) -> None:
    routes = {
        (rule.rule.replace("<path:", "<").replace("<", "{").replace(">", "}"), method.lower())
        for rule in shared.app.url_map.iter_rules()
        if not rule.endpoint.startswith("pages.")
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    assert routes == {(path, method) for path, item in document()["paths"].items() for method in item}


def test_name_each_operation_once() -> None:
    ids = [one["operationId"] for item in document()["paths"].values() for one in item.values()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", RULESETS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_are_made_for_every_policy_from_its_facts(path: Path) -> None:
    ruleset = load(path.read_bytes())
    made = policy_openapi(ruleset)
    validate(made)
    assert set(made["components"]["schemas"]["Facts"]["properties"]) == set(ruleset.facts)
    schema = {"$ref": "#/components/schemas/DecisionRequest", "components": made["components"]}
    Draft202012Validator(schema).validate(made["components"]["schemas"]["DecisionRequest"]["examples"][0])


def test_change_only_with_what_they_describe(shared: Service) -> None:
    for path in (
        "/openapi.json",
        "/v1/policies",
        "/v1/policies/payment-terms",
        "/v1/policies/payment-terms/openapi.json",
    ):
        first = shared.get(path)
        assert first.headers["Cache-Control"] == "private, no-cache"
        etag = first.headers["ETag"]
        known = shared.client.get(path, headers={"If-None-Match": etag})
        assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", etag)
        assert shared.client.get(path, headers={"If-None-Match": f'"x", {etag}'}).status_code == 304
        assert shared.client.get(path, headers={"If-None-Match": "*"}).status_code == 304
        assert shared.client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


def test_change_with_another_version(tmp_path: Path) -> None:
    from tests.web.service import EXAMPLE, new_version

    with serving(tmp_path) as service:
        etag = service.get("/v1/policies/payment-terms").headers["ETag"]
        service.publish(new_version(EXAMPLE, "1.1.0"), tmp_path / "rulesets")
        again = service.client.get("/v1/policies/payment-terms", headers={"If-None-Match": etag})
        assert again.status_code == 200
        assert told(again)["ruleset"]["version"] == "1.1.0"


HERE = (*operations.decisions.OPERATIONS, *operations.policies.OPERATIONS, *operations.service.OPERATIONS)
RESTS = ("", "/explanation", "/alternatives", "/letters", "/statement")
"""What is read of a decision, behind its path."""


def test_tell_every_answer_that_there_is(tmp_path: Path) -> None:
    """Every status of deciding and reading, met once; the client checks each against the document."""
    SEEN.clear()
    body, key = json.dumps({"facts": FACTS}).encode(), {"Idempotency-Key": "k"}
    with serving(tmp_path) as service:
        (tmp_path / "rulesets" / "draft").mkdir()
        text = (tmp_path / "rulesets" / "payment-terms" / "1.0.0.yaml").read_bytes()
        (tmp_path / "rulesets" / "draft" / "1.0.0.yaml").write_bytes(text.replace(b"payment-terms", b"draft"))
        service.services.publishing.synchronise(tmp_path / "rulesets", "operator")
        here = service.decide(customer="C-1", headers=key).headers["Location"]
        service.decide(customer="C-1", headers=key)
        favourable = service.decide({**FACTS, "requested_net_days": 30}).headers["Location"]
        service.get(f"{favourable}/statement")
        for path, media in (
            (DECISIONS, "application/json"),
            (SIMULATIONS, "application/json"),
            (BATCH, "text/csv"),
        ):
            service.post(path, b"grade\nA\n" if media == "text/csv" else body, media)
            service.stream(path, body, media, len(body) + 1)
            service.post(path.replace("payment-terms", "none"), body, media)
            service.post(path.replace("payment-terms", "draft"), body, media)
            service.stream(path, b"x" * (300_000 if path != BATCH else 70_000_000), media)
            service.post(path, body, "text/html")
            service.post(path, b"", media)
        service.stream(BATCH, b"grade\nA", "text/csv")
        for path in (
            "/v1/policies",
            "/v1/policies/payment-terms",
            "/v1/decisions",
            "/openapi.json",
            "/healthz",
        ):
            service.get(path)
            service.get(path, strange="1")
        for path in ("/readyz", "/metrics", "/v1/policies/payment-terms/openapi.json"):
            service.get(path)
        for policy in ("none", "draft", "payment-terms"):
            service.get(f"/v1/policies/{policy}", **({"x": "1"} if policy == "payment-terms" else {}))
            service.get(
                f"/v1/policies/{policy}/openapi.json", **({"x": "1"} if policy == "payment-terms" else {})
            )
        for decision, query in ((here, {}), (here, {"x": "1"}), ("/v1/decisions/none", {})):
            for rest in RESTS:
                service.get(decision + rest, **query)
            service.client.post(f"{decision}/replay", query_string=query)
        service.erase("C-1")
    with serving(tmp_path) as service:
        service.decide(customer="C-1", headers=key)
        for rest in RESTS:
            service.get(here + rest)
        service.post(f"{here}/replay", b"")
        _break(service, tmp_path)
        for path, media in (
            (DECISIONS, "application/json"),
            (SIMULATIONS, "application/json"),
            (BATCH, "text/csv"),
        ):
            service.post(path, body, media)
        for path in ("/v1/policies", "/v1/policies/payment-terms", "/v1/policies/payment-terms/openapi.json"):
            service.get(path)
        for path in ("/v1/decisions", "/readyz", *(here + rest for rest in RESTS)):
            service.get(path)
        service.post(f"{here}/replay", b"")
    answers = {(one.id, status) for one in HERE for status in (*one.answers, *one.problems)}
    assert answers - SEEN == set()


def test_tell_what_the_guard_answers_at_every_call(tmp_path: Path) -> None:
    """Nobody, a key for something else, and too many requests: at each call of the interface."""
    limits = Limits(lambda: 0.0)
    with serving(tmp_path, limits=limits) as service:
        other = people.person(service.services, "other-officer")
        strange = people.key(service.services, other, [Scope.BACKDATE])
        for one in OPERATIONS:
            if one.open:
                continue
            path = one.path.replace("{policy}", "payment-terms").replace("{id}", str(service.officer.id))
            path = re.sub("{[a-z]+}", "x", path)
            elsewhere = {"X-Forwarded-For": "192.0.2.7"}
            got = {}
            for headers in ({"Authorization": ""}, people.bearer(strange), people.bearer(service.key)):
                if headers == people.bearer(service.key):
                    limits.take("key", str(service.officer.id), limits.left("key", str(service.officer.id)))
                answer = service.client.open(path, method=one.method, headers={**elsewhere, **headers})
                got[answer.status_code] = answer
            assert set(got) == {401, 403, 429}, one.id
            assert got[401].headers["WWW-Authenticate"] == "Bearer"
            assert int(got[429].headers["Retry-After"]) >= 1


def _break(service: Service, folder: Path) -> None:
    """Take the database away under the running service."""
    service.services.store.rulesets.forget()
    for one in folder.glob("termwise.db*"):
        one.rename(one.with_name(f"gone-{one.name}"))
    (folder / "termwise.db").mkdir()
    for engine in service.services.store._engines:
        engine.dispose()
