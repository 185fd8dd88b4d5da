"""A request that says which earlier one it replaces ..."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from tests.referred import POLICY, REFERRED, holder, listed, read, referred, settle, signed_in
from tests.web.service import FACTS, Service, faults, serving, told


@pytest.fixture
def desk(tmp_path, database_url):
    """A service on either database."""
    with serving(tmp_path, REFERRED, database_url=database_url) as service:
        yield service


@pytest.fixture
def boss(desk: Service) -> dict[str, str]:
    """The session of an officer without limits."""
    return signed_in(desk, holder(desk, "boss"))


def test_takes_its_place_whatever_the_answer_and_both_tell(desk: Service, boss) -> None:
    old = referred(desk, customer="C-1")
    new = told(desk.decide(FACTS, customer="C-1", replaces=old))
    assert new["replaces"] == old
    assert read(desk, new["id"])["replaces"] == old
    assert listed(desk, boss)["referrals"] == []
    (row,) = listed(desk, boss, state="superseded")["referrals"]
    assert (row["decision"], row["decided_since"]["decision"]) == (old, new["id"])
    assert (row["superseded"], row["standing"], row["overdue"]) == (True, None, False)
    assert listed(desk, boss, state="settled")["referrals"] == []
    assert read(desk, old)["standing"] is None
    one = told(desk.client.get(f"/v1/referrals/{old}", headers=boss))
    assert [each["reason"]["code"] for each in one["resolutions"]] == ["REPLACED"]
    assert not one["may_settle"]


def test_leaves_nothing_to_settle_and_counts_as_nobodys_override(desk: Service, boss) -> None:
    old = referred(desk, customer="C-1")
    new = told(desk.decide(FACTS, customer="C-1", replaces=old))["id"]
    refused = settle(desk, old, boss, note="known")
    assert (refused.status_code, f"as decision {new}" in refused.text) == (409, True)
    assert desk.services.settling.overrides("person", None, None, None) == []


def test_comes_second_to_an_officer_who_settled_it(desk: Service, boss) -> None:
    old = referred(desk, customer="C-1")
    assert settle(desk, old, boss, note="known").status_code == 201
    late = desk.decide(FACTS, customer="C-1", replaces=old)
    assert (late.status_code, "waits no more" in late.text) == (409, True)
    assert [one["decision"] for one in listed(desk, boss, state="settled")["referrals"]] == [old]


def test_is_recorded_in_the_clear_of_both_entries_and_agrees_with_the_tables(desk: Service) -> None:
    old = referred(desk, customer="C-1")
    new = told(desk.decide(FACTS, customer="C-1", replaces=old))["id"]
    services = desk.services
    assert f'"replaces":"{old}"' in services.store.decisions.get(UUID(new)).entry.leaf.decode()
    latest = services.store.referrals.latest(UUID(old))
    assert latest is not None
    assert f'"replaced_by":"{new}"' in latest.entry.leaf.decode()
    services.ties.check()


@pytest.mark.parametrize(
    ("envelope", "said"),
    [
        ({"replaces": "01900000-0000-7000-8000-000000000000"}, "that you asked for and that waits"),
        ({"replaces": "that one"}, "takes the id of a decision of yours"),
        ({"customer": "C-2"}, "of the same policy on the same customer"),
    ],
)
def test_names_one_of_its_own_that_waits(desk: Service, envelope, said: str) -> None:
    old = referred(desk, customer="C-1")
    answer = desk.decide(FACTS, **{"customer": "C-1", "replaces": old, **envelope})
    assert answer.status_code == 422
    assert said in faults(answer)["/replaces"]


def test_is_no_simulation_and_not_somebody_elses(desk: Service, boss) -> None:
    old = referred(desk, customer="C-1")
    other = desk.decide(FACTS, customer="C-1", replaces=old, headers=boss)
    assert (other.status_code, "that you asked for" in other.text) == (422, True)
    body = json.dumps({"facts": FACTS, "customer": "C-1", "replaces": old}).encode()
    tried = desk.post(f"/v1/policies/{POLICY}/simulations", body)
    assert (tried.status_code, "for single decisions only" in tried.text) == (422, True)
