"""The log over HTTP: a proof that anyone can check, entries in order, and the export."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from app.domain.audit import EntryKind
from app.domain.people import Role
from app.ledger.checkpoint import checked
from app.ledger.leaf import leaf_hash
from app.ledger.notes import VerifyingKey
from app.ledger.receipt import promised
from app.ledger.tree import check_consistency, check_inclusion
from app.ledger.verifying import Key, verify
from app.services.log import searching
from tests import people
from tests.web.service import EXAMPLE, Service, told


@pytest.fixture
def auditor(everywhere: Service) -> dict[str, str]:
    """The header of an auditor."""
    return everywhere.as_role(Role.AUDITOR)


def test_a_decision_is_proven_to_stand_under_the_signed_head(everywhere: Service, auditor) -> None:
    decision = told(everywhere.decide())
    early = everywhere.get(f"/v1/decisions/{decision['id']}/proof")
    assert (early.status_code, early.headers["Retry-After"]) == (503, "1")
    everywhere.services.sequencer.drain()
    proof = told(everywhere.get(f"/v1/decisions/{decision['id']}/proof"))
    key = VerifyingKey.parse(told(everywhere.get("/v1/audit/checkpoint"))["key"])
    head, leaf = checked(proof["checkpoint"], key), b64decode(proof["leaf"])
    assert promised(decision["receipt"], key) == leaf_hash(leaf)
    check_inclusion(proof["index"], head.size, leaf_hash(leaf), [*map(b64decode, proof["path"])], head.root)


def test_a_checkpoint_comes_with_the_proof_that_it_continues_an_earlier_one(everywhere: Service) -> None:
    assert everywhere.get("/v1/audit/checkpoint").status_code == 503
    heads = []
    for _ in range(2):
        everywhere.decide()
        everywhere.services.sequencer.drain()
        answer = told(everywhere.get("/v1/audit/checkpoint"))
        heads.append(checked(answer["checkpoint"], VerifyingKey.parse(answer["key"])))
    first, second = heads
    found = told(everywhere.get("/v1/audit/checkpoint", **{"from": first.size}))["consistency"]
    path = [*map(b64decode, found["path"])]
    check_consistency(first.size, second.size, first.root, second.root, path)
    for wrong in (0, second.size + 1, "x"):
        assert everywhere.get("/v1/audit/checkpoint", **{"from": wrong}).status_code == 422


def test_entries_come_in_the_order_of_the_tree_a_page_at_a_time(everywhere: Service, auditor) -> None:
    everywhere.decide()
    everywhere.services.sequencer.drain()
    found, sizes, following = [], set(), "/v1/audit/entries?limit=4"
    while following:
        page = everywhere.client.get(following, headers=auditor)
        found += told(page)["entries"]
        sizes.add(told(page)["size"])
        following = page.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert [one["index"] for one in found] == list(range(len(found)))
    assert {len(found)} == sizes
    assert len(found) > 4
    assert [one["kind"] for one in found if one["decision"]] == ["decision"]
    assert all(leaf_hash(b64decode(one["leaf"])).hex() == one["leaf_hash"] for one in found)


def test_the_export_verifies_and_says_who_took_it(everywhere: Service, auditor, tmp_path) -> None:
    assert everywhere.client.get("/v1/audit/export", headers=auditor).status_code == 503
    everywhere.decide()
    size = everywhere.services.sequencer.drain()
    taken = everywhere.client.get("/v1/audit/export", headers=auditor)
    (tmp_path / "export").write_bytes(taken.data)
    key = told(everywhere.get("/v1/audit/checkpoint"))["key"]
    assert verify(str(tmp_path / "export"), Key(key)) == size
    everywhere.services.sequencer.drain()
    entries = everywhere.client.get(f"/v1/audit/entries?from={size}", headers=auditor)
    assert "export" in [one["kind"] for one in told(entries)["entries"]]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_the_log_itself_is_for_auditors(shared: Service, role: Role) -> None:
    for path in ("/v1/audit/entries", "/v1/audit/export"):
        assert shared.client.get(path, headers=shared.as_role(role)).status_code == 403


def paged(service: Service, header: dict[str, str], **asked: object) -> list[dict[str, Any]]:
    """All entries of a filter, page by page by ``next``; the pages never go back, and end."""
    found, start = [], -1
    while True:
        behind = {} if start < 0 else {"after": start}
        answer = service.client.get("/v1/audit/entries", headers=header, query_string={**asked, **behind})
        found += told(answer)["entries"]
        following = told(answer)["next"]
        if following is None:
            assert "Link" not in answer.headers
            return found
        assert following > start
        start = following


def test_a_ruleset_has_its_story_by_kind_and_policy(everywhere: Service, auditor, tmp_path) -> None:
    other = EXAMPLE.replace(b"policy: payment-terms", b"policy: other-terms")
    everywhere.publish(other, tmp_path / "more")
    for policy in ("payment-terms", "other-terms", "payment-terms"):
        assert everywhere.decide(policy=policy).status_code == 201
    everywhere.services.sequencer.drain()
    every = paged(everywhere, auditor)
    states = paged(everywhere, auditor, kind="ruleset-state", policy="other-terms", limit=2)
    assert [one["clear"]["state"] for one in states] == ["draft", "submitted", "approved", "active"]
    for asked in (
        {"kind": "ruleset-state"},
        {"kind": "decision"},
        {"policy": "payment-terms"},
        {"policy": "other-terms"},
        {"kind": "decision", "policy": "payment-terms"},
        {"kind": "sign-in", "policy": "payment-terms"},
        {"kind": "rehearsal"},
        {"policy": 'no "such'},
    ):
        wanted = [
            one
            for one in every
            if asked.get("kind", one["kind"]) == one["kind"]
            and ("policy" not in asked or one["clear"].get("policy") == asked["policy"])
        ]
        for limit in (1, 2, 1000):
            assert paged(everywhere, auditor, **asked, limit=limit) == wanted


def test_a_page_of_a_filter_looks_at_so_many_and_says_where_to_go_on(
    everywhere: Service, auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        everywhere.decide()
    everywhere.services.sequencer.drain()
    every = paged(everywhere, auditor)
    monkeypatch.setattr(searching, "MOST_LOOKED_AT", 2)
    empty = told(everywhere.client.get("/v1/audit/entries?from=0&outcome=nothing", headers=auditor))
    assert (empty["entries"], empty["next"], empty["size"]) == ([], 1, len(every))
    assert paged(everywhere, auditor, **{"outcome": "nothing", "from": 0}) == []
    for asked in ({"kind": "decision"}, {"kind": "ruleset-state", "policy": "payment-terms"}):
        wanted = [one for one in every if one["kind"] == asked["kind"]]
        assert len(wanted) > 2
        assert paged(everywhere, auditor, **asked) == wanted
    first = everywhere.client.get("/v1/audit/entries?policy=payment-terms&limit=1", headers=auditor)
    assert "policy=payment-terms" in first.headers["Link"]
    assert "limit=1" in first.headers["Link"]


def test_an_entry_says_who_did_it(everywhere: Service, auditor) -> None:
    everywhere.decide()
    everywhere.services.sequencer.drain()
    (decision,) = paged(everywhere, auditor, kind="decision")
    assert decision["by"] == str(everywhere.officer.id)
    assert decision["clear"]["actor"] != decision["by"]
    states = paged(everywhere, auditor, kind="ruleset-state")
    assert [one["by"] for one in states] == ["operator", "operator", None, None]  # officer-2 is no person
    later = people.person(everywhere.services, "later", Role.CREDIT_OFFICER)
    header = people.bearer(people.key(everywhere.services, later))
    assert everywhere.decide(headers=header).status_code == 201
    everywhere.services.sequencer.drain()
    acts = paged(everywhere, auditor, kind="decision")
    assert [one["by"] for one in acts] == [str(everywhere.officer.id), str(later.id)]


def test_the_newest_come_first_where_that_is_asked(everywhere: Service, auditor) -> None:
    everywhere.decide()
    everywhere.services.sequencer.drain()
    every = paged(everywhere, auditor)
    found, following = [], "/v1/audit/entries?order=newest&limit=3"
    while following:
        page = everywhere.client.get(following, headers=auditor)
        found += told(page)["entries"]
        following = page.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert found == every[::-1]
    for span in ((1, 3), (0, 0), (2, 99)):
        asked = dict(zip(("from", "to"), span, strict=True))
        assert paged(everywhere, auditor, **asked) == every[span[0] : span[1] + 1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("version=1.0.0", "`version` alone would read the whole log"),
        ("kind=decision&rule=a/b&reason=X", "`rule`, `reason` alone"),
        ("since=yesterday", "`since` is a day or an instant"),
        ("id=7", "`id` is the id of an entry"),
        ("from=-1", "`from` is a whole number"),
        ("from=3&to=2", "`from` 3 lies behind `to` 2"),
        ("person=nobody-here", "`person`: nobody has the login"),
        ("order=best", "`order` is oldest or newest"),
        ("after=999999&kind=decision", "`after` is the `next`"),
        ("colour=red", "`colour` is not known"),
    ],
)
def test_a_search_that_cannot_be_made_names_the_filter(shared: Service, asked: str, said: str) -> None:
    answer = shared.client.get(f"/v1/audit/entries?{asked}", headers=shared.as_role(Role.AUDITOR))
    assert answer.status_code == 422
    assert said in str(told(answer)["errors"])


def test_an_unknown_kind_is_refused_with_those_there_are(shared: Service) -> None:
    header = shared.as_role(Role.AUDITOR)
    answer = shared.client.get("/v1/audit/entries?kind=ruleset", headers=header)
    assert answer.status_code == 422
    (error,) = told(answer)["errors"]
    assert all(kind in error["detail"] for kind in EntryKind)
