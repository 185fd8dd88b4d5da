"""Over HTTP, a text is drafted, checked, submitted, approved by another, activated, and rolled back ..."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.domain.instants import utc_text
from app.domain.people import Role
from app.domain.requests import Caller, DecisionRequest
from app.services.decisions.deciding import Item
from schemas.ruleset import digest_of
from schemas.text import MAX_BYTES
from tests.lifecycle.desk import hard, tiny
from tests.web.service import NOON, Service, faults, serving, told

ONE, TWO = "1.0.0", "1.1.0"
YAML = "application/yaml"
_numbers = count()


class Office:
    """A policy of its own in a service with a clock, and officers who sign in when they need to."""

    def __init__(self, service: Service, clock: list[datetime], policy: str) -> None:
        self.service = service
        self.clock = clock
        self.policy = policy
        self.here = f"/v1/rulesets/{policy}/versions"

    def text(self, version: str = ONE, **tune: str) -> bytes:
        """A text that proves itself, of this policy."""
        return tiny(version, policy=self.policy, **tune)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        by: str = "writer",
        media: str | None = None,
        **headers: str,
    ) -> TestResponse:
        """Send something as somebody who has just signed in; without a body, nothing is said of a type."""
        sent = {**self.service.as_role(Role.CREDIT_OFFICER, by), **headers}
        if body is None:
            return self.service.client.open(f"{self.here}{path}", method=method, headers=sent)
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = media or "application/json"
        return self.service.client.open(
            f"{self.here}{path}", method=method, headers=sent, data=data, content_type=kind
        )

    def post(self, path: str, body: Any = None, by: str = "writer", **headers: str) -> TestResponse:
        return self.call("POST", path, body, by, **headers)

    def draft(self, version: str = ONE, by: str = "writer", **tune: str) -> TestResponse:
        return self.post("", {"version": version, "text": self.text(version, **tune).decode()}, by)

    def approved(self, version: str = ONE, **tune: str) -> None:
        self.draft(version, **tune)
        self.post(f"/{version}/submission")
        answer = self.post(
            f"/{version}/approval", {"digest": digest_of(self.text(version, **tune))}, "reviewer"
        )
        assert answer.status_code == 200, answer.text

    def outcome(self, amount: str = "150.00") -> str | int:
        answer = self.service.decide({"amount": amount}, policy=self.policy)
        return str(told(answer)["outcome"]) if answer.status_code == 201 else answer.status_code

    def decided_by(self) -> str:
        return str(told(self.service.decide({"amount": "1"}, policy=self.policy))["ruleset"]["version"])


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, migrated: Path
) -> Iterator[tuple[Service, list[datetime]]]:
    """One service for all tests here; its clock goes forward only."""
    folder = tmp_path_factory.mktemp("office")
    for name in ("termwise.db", "keys.db"):
        shutil.copy(migrated / name, folder)
    clock = [NOON]
    with serving(folder, now=lambda: clock[0]) as service:
        yield service, clock


@pytest.fixture
def office(running: tuple[Service, list[datetime]]) -> Office:
    return Office(*running, f"tiny-{next(_numbers)}")


def test_from_a_new_policy_to_its_first_decision(office: Office) -> None:
    assert office.outcome() == 404
    drafted = office.draft()
    assert (drafted.status_code, drafted.headers["Location"]) == (201, f"{office.here}/1.0.0")
    assert told(drafted)["state"] == "draft"
    assert told(office.post("/1.0.0/checks"))["passed"]
    assert office.outcome() == 409
    assert told(office.post("/1.0.0/submission", {"comment": "Please"}))["state"] == "submitted"
    digest = told(drafted)["digest"]
    assert told(office.post("/1.0.0/approval", {"digest": digest}, "reviewer"))["state"] == "approved"
    assert told(office.post("/1.0.0/activation", by="reviewer"))["state"] == "active"
    assert office.outcome() == "refuse"


def test_a_bad_change_is_refused_with_its_findings(office: Office) -> None:
    office.draft(most="40.00")
    checks = told(office.post("/1.0.0/checks"))
    assert not checks["passed"]
    assert "`not_on` does not hold" in checks["errors"][0]["detail"]
    refused = office.post("/1.0.0/submission")
    assert refused.status_code == 422
    assert told(refused)["errors"][0] == {
        "code": "examples",
        "detail": checks["errors"][0]["detail"],
        "line": checks["errors"][0]["line"],
    }


def test_nobody_approves_what_they_wrote(office: Office) -> None:
    office.draft()
    office.post("/1.0.0/submission")
    refused = office.post("/1.0.0/approval", {"digest": digest_of(office.text())})
    assert refused.status_code == 403
    assert "somebody else has to approve it" in told(refused)["detail"]


def test_an_approval_says_which_text_was_read(office: Office) -> None:
    office.draft()
    office.post("/1.0.0/submission")
    assert faults(office.post("/1.0.0/approval", {}, "reviewer")) == {
        "/digest": "`digest` is missing; it takes the `digest` of the text that was read"
    }
    other = office.post("/1.0.0/approval", {"digest": "sha256:" + "0" * 64}, "reviewer")
    assert other.status_code == 409


def test_what_is_not_settled_does_not_bar_a_submission_but_is_acknowledged_and_told(office: Office) -> None:
    text = hard(policy=office.policy)
    office.post("", {"version": ONE, "text": text.decode()})
    checks = told(office.post("/1.0.0/checks"))
    assert checks["passed"]
    (claim,) = (one for one in checks["claims"] if one["status"] == "not_settled")
    assert (claim["id"], claim["too_hard"]) == ("dead_rules/shapes", ["cubes"])
    assert claim["tried"] > 300
    assert told(office.post("/1.0.0/submission"))["state"] == "submitted"
    approval = {"digest": digest_of(text)}
    refused = office.post("/1.0.0/approval", approval, "reviewer")
    assert refused.status_code == 409
    assert "dead_rules/shapes" in told(refused)["detail"]
    assert faults(office.post("/1.0.0/approval", {**approval, "acknowledges": ["gaps"]}, "reviewer")) == {
        "/acknowledges": f"`gaps` is no claim of {office.policy} 1.0.0 that is not settled"
    }
    known = {**approval, "acknowledges": [claim["id"]]}
    assert told(office.post("/1.0.0/approval", known, "reviewer"))["state"] == "approved"
    events = told(office.call("GET", "/1.0.0/history"))["events"]
    assert [one["acknowledged"] for one in events] == [[], [], ["dead_rules/shapes"]]


def test_a_version_is_read_as_yaml_or_with_its_standing_and_edited_with_its_etag(office: Office) -> None:
    etag = office.draft().headers["ETag"]
    read = office.call("GET", "/1.0.0", Accept=YAML)
    assert (read.data, read.headers["ETag"], read.mimetype) == (office.text(), etag, YAML)
    shown = office.call("GET", "/1.0.0")
    assert told(shown)["text"] == office.text().decode()
    assert shown.headers["ETag"] == etag
    changed = office.text(most="200.00")
    assert office.call("PUT", "/1.0.0", changed, media=YAML).status_code == 428
    edited = office.call("PUT", "/1.0.0", changed, "reviewer", YAML, **{"If-Match": etag})
    assert (edited.status_code, len(told(edited)["authors"])) == (200, 2)
    stale = office.call("PUT", "/1.0.0", office.text(most="300.00"), media=YAML, **{"If-Match": etag})
    assert stale.status_code == 412
    assert office.call("GET", "/1.0.0", Accept=YAML).data == changed
    for tag in ('W/"x"', '"x"', "nonsense"):
        assert office.call("PUT", "/1.0.0", changed, media=YAML, **{"If-Match": tag}).status_code == 412, tag


def test_an_edit_after_the_approval_voids_it(office: Office) -> None:
    office.approved()
    etag = office.call("GET", "/1.0.0").headers["ETag"]
    edited = office.call("PUT", "/1.0.0", office.text(most="200.00"), media=YAML, **{"If-Match": etag})
    assert told(edited)["state"] == "draft"
    assert office.post("/1.0.0/activation", by="reviewer").status_code == 409


def test_a_version_that_is_scheduled_decides_from_its_instant_on(office: Office) -> None:
    office.approved()
    office.post("/1.0.0/activation", by="reviewer")
    office.approved(TWO, most="200.00")
    instant = office.clock[0] + timedelta(minutes=5)
    planned = office.post("/1.1.0/activation", {"effective_from": utc_text(instant)}, "reviewer")
    assert (told(planned)["state"], told(planned)["scheduled_for"]) == ("approved", utc_text(instant))
    office.clock[0] = instant - timedelta(microseconds=1)
    assert (office.outcome(), office.decided_by()) == ("refuse", ONE)
    office.clock[0] = instant
    assert (office.outcome(), office.decided_by()) == ("pass", TWO)
    assert told(office.call("GET", ""))["in_force"] == TWO


def test_a_schedule_is_withdrawn_and_what_was_in_force_is_rolled_back(office: Office) -> None:
    for version in (ONE, TWO):
        office.approved(version)
        office.post(f"/{version}/activation", by="reviewer")
    day = (office.clock[0] + timedelta(days=1)).date().isoformat()
    back = {"effective_from": day, "reason": "too strict"}
    assert told(office.post("/1.0.0/activation", back))["scheduled_for"] == f"{day}T00:00:00.000000Z"
    assert told(office.call("DELETE", "/1.0.0/activation"))["scheduled_for"] is None
    assert office.call("DELETE", "/1.0.0/activation").status_code == 409
    assert faults(office.post("/1.0.0/activation")).keys() == {"/reason"}
    assert told(office.post("/1.0.0/activation", {"reason": "too strict"}))["state"] == "active"
    assert office.decided_by() == ONE
    states = {one["version"]: one["state"] for one in told(office.call("GET", ""))["versions"]}
    assert states == {ONE: "active", TWO: "retired"}


def test_retiring_what_is_in_force_stops_decisions(office: Office) -> None:
    office.approved()
    office.post("/1.0.0/activation", by="reviewer")
    assert faults(office.post("/1.0.0/retirement", {})).keys() == {"/reason"}
    assert told(office.post("/1.0.0/retirement", {"reason": "no longer sold"}))["state"] == "retired"
    assert office.outcome() == 409


def test_an_activation_upon_another_than_was_seen_is_refused(office: Office) -> None:
    office.approved()
    assert office.post("/1.0.0/activation", {"replaces": TWO}).status_code == 409
    assert office.post("/1.0.0/activation", {"replaces": "none"}).status_code == 200


def test_a_version_made_from_another_differs_in_its_number_only(office: Office) -> None:
    office.draft()
    office.post("", {"version": TWO, "from": ONE}, "reviewer")
    assert office.call("GET", "/1.1.0", Accept=YAML).data == office.text(TWO)
    assert told(office.call("GET", "/1.1.0/history"))["events"][0]["made_from"] == ONE


def test_the_whole_story_is_read_back_with_who_when_why_and_which_text(office: Office) -> None:
    office.draft()
    office.post("/1.0.0/submission", {"comment": "Please look"})
    office.post("/1.0.0/return", {"reason": "太低"}, "reviewer")
    office.post("/1.0.0/submission")
    events = told(office.call("GET", "/1.0.0/history", by="third"))["events"]
    assert [(one["move"], one["state"], one["comment"]) for one in events] == [
        ("create", "draft", None),
        ("submit", "submitted", "Please look"),
        ("return", "draft", "太低"),
        ("submit", "submitted", None),
    ]
    writer, reviewer = (office.service.services.people.find(one) for one in ("writer", "reviewer"))
    assert writer is not None
    assert reviewer is not None
    assert [one["by"] for one in events] == [str(writer.id), str(writer.id), str(reviewer.id), str(writer.id)]
    assert {one["digest"] for one in events} == {digest_of(office.text())}


def test_a_key_reads_and_moves_nothing(office: Office) -> None:
    office.draft()
    office.post("/1.0.0/submission")
    key = {"Authorization": f"Bearer {office.service.key}"}
    assert office.call("GET", "/1.0.0", **key).status_code == 200
    for path, body in (
        ("/1.0.0/approval", {"digest": digest_of(office.text())}),
        ("/1.0.0/activation", {}),
        ("", {"version": TWO, "from": ONE}),
    ):
        refused = office.post(path, body, **key)
        assert refused.status_code == 403
        assert told(refused)["errors"][0]["code"] == "key"


def test_what_bears_on_what_is_in_force_takes_a_fresh_sign_in(office: Office) -> None:
    office.approved()
    old = office.service.as_role(Role.CREDIT_OFFICER, "reviewer")
    office.clock[0] += timedelta(minutes=11)
    assert office.call("GET", "/1.0.0", **old).status_code == 200
    for path in ("/1.0.0/activation", "/1.0.0/retirement", "/1.0.0/approval"):
        refused = office.post(path, {}, **old)
        assert told(refused)["errors"][0]["code"] == "sign-in-again"
    assert office.post("/1.0.0/activation", {}).status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("", {"version": "1", "text": ""}, "/version"),
        ("", {"version": TWO, "from": "x"}, "/from"),
        ("", {"version": TWO, "text": 5}, "/text"),
        ("", {"version": TWO, "state": "approved"}, "/state"),
        ("/1.0.0/submission", {"comment": " "}, "/comment"),
        ("/1.0.0/submission", {"comment": "x" * 2001}, "/comment"),
        ("/1.0.0/approval", {"digest": "md5:1"}, "/digest"),
        ("/1.0.0/return", {"reason": "bell \u0007"}, "/reason"),
        ("/1.0.0/activation", {"effective_from": "soon"}, "/effective_from"),
        ("/1.0.0/activation", {"effective_from": 1_800_000_000}, "/effective_from"),
        ("/1.0.0/activation", {"replaces": "nothing"}, "/replaces"),
        ("/1.0.0/activation", {"by": "writer"}, "/by"),
    ],
)
def test_a_body_that_cannot_be_meant_is_refused_by_member(
    office: Office, path: str, body: Any, pointer: str
) -> None:
    office.draft()
    assert faults(office.post(path, body)).keys() == {pointer}


def test_an_activation_for_the_past_is_refused(office: Office) -> None:
    past = utc_text(NOON - timedelta(seconds=1))
    office.approved("3.0.0")
    refused = office.post("/3.0.0/activation", {"effective_from": past})
    assert faults(refused).keys() == {"/effective_from"}


@pytest.mark.parametrize("path", ["/9.9.9", "/9.9.9/history", "/..", "/%00"])
def test_what_is_not_there_is_not_found(office: Office, path: str) -> None:
    assert office.call("GET", "").status_code == 404
    office.draft()
    assert office.call("GET", path).status_code == 404


def test_a_text_of_another_version_or_size_or_kind_is_refused(office: Office) -> None:
    office.draft("4.0.0")
    any_tag = {"If-Match": "*"}
    for body, status in ((office.text("4.0.1"), 422), (b"\xff", 422), (b"x" * (MAX_BYTES + 1), 413)):
        assert office.call("PUT", "/4.0.0", body, media=YAML, **any_tag).status_code == status
    assert office.call("PUT", "/4.0.0", office.text("4.0.0"), media="text/html", **any_tag).status_code == 415
    assert office.call("PUT", "/4.0.0", office.text("4.0.0"), media=YAML, **any_tag).status_code == 200


def test_a_draft_that_does_not_load_is_kept_told_and_never_decides(office: Office) -> None:
    half = office.text("5.0.0").replace(b"otherwise: pass", b"otherwise: perhaps").decode()
    assert office.post("", {"version": "5.0.0", "text": half}).status_code == 201
    checks = told(office.post("/5.0.0/checks"))
    assert (checks["passed"], checks["rules"]) == (False, None)
    assert checks["errors"][0]["check"] == "loads"
    assert office.post("/5.0.0/submission").status_code == 422
    body = json.dumps({"facts": {"amount": "1"}, "version": "5.0.0"}).encode()
    assert office.service.post(f"/v1/policies/{office.policy}/simulations", body).status_code == 409


def test_a_batch_that_runs_across_the_instant_is_decided_by_either_version(office: Office) -> None:
    for version, most in ((ONE, "100.00"), (TWO, "200.00")):
        office.approved(version, most=most)
    office.post("/1.0.0/activation")
    instant = office.clock[0] + timedelta(minutes=1)
    office.post("/1.1.0/activation", {"effective_from": utc_text(instant)})
    deciding = office.service.services.deciding

    def items() -> Iterator[Item]:
        for place in range(6):
            if place == 3:
                office.clock[0] = instant
            yield Item(DecisionRequest({"amount": "150.00"}))

    caller = Caller("somebody", "credit-officer", may_give_any=True, backdate=True)
    answers = [one.body for one in deciding.decide_many(office.policy, items(), caller)]  # type: ignore[union-attr]
    assert [one["ruleset"]["version"] for one in answers] == [ONE] * 3 + [TWO] * 3
    assert [one["outcome"] for one in answers] == ["refuse"] * 3 + ["pass"] * 3
