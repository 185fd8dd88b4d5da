"""The log over HTTP: a proof that anyone can check, entries in order, and the export."""

from __future__ import annotations

from base64 import b64decode

import pytest

from app.domain.people import Role
from app.ledger.checkpoint import checked
from app.ledger.leaf import leaf_hash
from app.ledger.notes import VerifyingKey
from app.ledger.receipt import promised
from app.ledger.tree import check_consistency, check_inclusion
from app.ledger.verifying import Key, verify
from tests.web.service import Service, told


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
