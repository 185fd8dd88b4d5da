"""A replay ..."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.web.service import EXAMPLE, FACTS, ROOT, Service, as_made, new_version, serving, told

SHIPPED = sorted((ROOT / "rulesets").glob("*/*.yaml"))


def test_finds_the_same_again(everywhere: Service) -> None:
    made = told(everywhere.decide({**FACTS, "grade": None}, customer="C-1", as_of="2020-02-29"))
    replay = told(everywhere.post(f"/v1/decisions/{made['id']}/replay", b""))
    assert replay == {"id": made["id"], "result": "identical", "differences": []}


def test_uses_the_text_that_decided_and_not_the_one_in_force(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        made = told(service.decide())
        stricter = new_version(EXAMPLE, "1.1.0", ("value: 90", "value: 45"), ("net_days: 90", "net_days: 45"))
        service.publish(stricter, tmp_path / "rulesets")
        assert told(service.post(f"/v1/decisions/{made['id']}/replay", b""))["result"] == "identical"
    with serving(tmp_path) as service:
        assert told(service.post(f"/v1/decisions/{made['id']}/replay", b""))["result"] == "identical"
        assert json.loads(as_made(service.get(f"/v1/decisions/{made['id']}"))) == made


def test_records_no_decision(service: Service) -> None:
    made = told(service.decide())
    service.post(f"/v1/decisions/{made['id']}/replay", b"")
    assert [one["id"] for one in told(service.get("/v1/decisions"))["decisions"]] == [made["id"]]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_holds_for_every_shipped_policy_with_explanation_and_letters(path: Path, tmp_path: Path) -> None:
    with serving(tmp_path, path.read_bytes()) as service:
        policy = path.parent.name
        example = told(service.get(f"/v1/policies/{policy}"))["example"]
        made = service.decide(example, policy=policy, customer="C-1", reference="SO-1")
        assert made.status_code == 201
        here = made.headers["Location"]
        assert as_made(service.get(here)) == made.data
        assert told(service.post(f"{here}/replay", b""))["result"] == "identical"
        for lang in ("en", "zh"):
            explanation = told(service.get(f"{here}/explanation", lang=lang))
            assert explanation["outcome"] == told(made)["outcome"]
            for letter in told(service.get(f"{here}/letters", lang=lang))["letters"]:
                assert letter["subject"]
                assert "{" not in letter["subject"] + letter["body"]
