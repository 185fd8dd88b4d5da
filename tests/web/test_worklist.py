"""The worklist ..."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from app.domain.people import Role
from app.services.referrals import worklist
from tests import people
from tests.referred import (
    LONG,
    POLICY,
    REFERRED,
    REFUSE,
    UNGRADED,
    WORST,
    holder,
    listed,
    referred,
    settle,
    signed_in,
)
from tests.web.service import BATCH, FACTS, NOON, Service, serving, told

WHAT = ("decision", "amount")


@pytest.fixture
def clock():
    """The time, to be moved."""
    return [NOON]


@pytest.fixture
def desk(tmp_path, database_url, clock):
    """A service whose time stands still, on either database."""
    with serving(tmp_path, REFERRED, database_url=database_url, now=lambda: clock[0]) as service:
        yield service


@pytest.fixture
def small(tmp_path, clock):
    """The same on SQLite alone."""
    with serving(tmp_path, REFERRED, now=lambda: clock[0]) as service:
        yield service


@pytest.fixture
def boss(small: Service) -> dict[str, str]:
    """The session of an officer without limits."""
    return signed_in(small, holder(small, "boss"))


def of(amount: str, **envelope):
    """Facts that are referred, about an amount."""
    return {**UNGRADED, "order_amount": amount, "credit_limit": "9000000.00", **envelope}


def decisions(page) -> list[str]:
    """The decisions of a page."""
    return [one["decision"] for one in page["referrals"]]


def test_shows_the_oldest_day_first_and_of_a_day_the_largest_amount(desk: Service, clock) -> None:
    small, large = referred(desk, of("10.00")), referred(desk, of("2000.00"))
    same = referred(desk, of("2000.00"))
    clock[0] += timedelta(hours=12)  # midnight, UTC
    young = referred(desk, of("900000.00"))
    headers = people.bearer(people.key(desk.services, holder(desk, "reader")))
    whole = listed(desk, headers)
    assert decisions(whole) == [large, same, small, young]
    assert whole["next"] is None
    pages: list[list[str]] = []
    after = None
    while after is not None or not pages:
        page = listed(desk, headers, limit=1, **({"after": after} if after else {}))
        pages.append(decisions(page))
        after = page["next"]
    assert [one for page in pages for one in page] == [large, same, small, young]


def test_goes_on_behind_a_referral_that_was_settled_meanwhile(small: Service, boss) -> None:
    ids = [referred(small, of(f"{amount}.00")) for amount in (30, 20, 10)]
    first = listed(small, boss, limit=1)
    assert decisions(first) == ids[:1]
    settle(small, ids[0], boss)
    assert decisions(listed(small, boss, after=first["next"])) == ids[1:]


def test_tells_what_waits_and_until_when(small: Service, boss, clock) -> None:
    id = referred(small, customer="C-1", reference="SO-1")
    clock[0] += timedelta(minutes=1)
    (item,) = listed(small, boss)["referrals"]
    assert {
        name: item[name] for name in ("decision", "policy", "customer", "reference", "amount", "days")
    } == {
        "decision": id,
        "policy": POLICY,
        "customer": "C-1",
        "reference": "SO-1",
        "amount": "10000.00",
        "days": 30,
    }
    assert (item["outcome"], [one["code"] for one in item["reasons"]]) == ("refer", ["FILE_INCOMPLETE"])
    assert item["opened_at"] == "2026-11-21T12:00:00.000000Z"
    assert item["due_at"] == "2026-11-23T12:00:00.000000Z"
    assert (item["overdue"], item["may_settle"], item["standing"]) == (False, True, None)


def test_holds_no_amount_and_no_name_in_the_clear(small: Service) -> None:
    referred(small, of("31415.92"), customer="C-secret")
    (row,) = small.services.store._reader.all(_everything("referral"))
    assert "31415" not in str(tuple(row))
    assert "C-secret" not in str(tuple(row))


def test_is_asked_by_policy_customer_and_what_is_overdue(small: Service, boss, clock) -> None:
    ours, theirs = referred(small, customer="C-1"), referred(small, customer="C-2")
    assert decisions(listed(small, boss, customer="C-1")) == [ours]
    assert decisions(listed(small, boss, policy=POLICY)) == [ours, theirs]
    assert decisions(listed(small, boss, policy="other")) == []
    assert decisions(listed(small, boss, overdue="yes")) == []
    clock[0] += timedelta(hours=48, milliseconds=1)
    late = people.bearer(people.key(small.services, holder(small, "boss")))
    assert decisions(listed(small, late, overdue="yes")) == [ours, theirs]


def test_shows_what_is_settled_when_asked(small: Service, boss) -> None:
    waiting, done = referred(small), referred(small)
    settle(small, done, boss)
    assert decisions(listed(small, boss)) == [waiting]
    assert decisions(listed(small, boss, state="settled")) == [done]
    assert decisions(listed(small, boss, state="all")) == [waiting, done]


def test_names_those_with_the_least_authority_that_suffices(small: Service, boss) -> None:
    holder(small, "junior", amount="100.00")
    senior = holder(small, "senior", amount="20000.00")
    holder(small, "wrong-role", Role.SALES, amount="15000.00")
    referred(small)
    (item,) = listed(small, boss)["referrals"]
    assert item["assigned_to"] == [{"id": str(senior.id), "role": "credit-officer", "name": "Senior"}]
    accountant = signed_in(small, holder(small, "accountant", Role.FINANCE, amount="1.00"))
    (item,) = listed(small, accountant)["referrals"]
    assert [(one["id"], one["name"]) for one in item["assigned_to"]] == [(str(senior.id), None)]
    revision = small.services.people.get(senior.id).revision
    small.services.people.change(senior.id, revision, by=None, active=False)
    (item,) = listed(small, boss)["referrals"]
    assert [one["name"] for one in item["assigned_to"]] == ["Boss"]


def test_names_nobody_who_may_not_settle_it(small: Service, boss) -> None:
    asking = holder(small, "asking", amount="20000.00")
    key = people.bearer(people.key(small.services, asking))
    referred(small, headers=key)
    (item,) = listed(small, boss)["referrals"]
    assert [one["name"] for one in item["assigned_to"]] == ["Boss"]
    (item,) = listed(small, signed_in(small, asking))["referrals"]
    assert item["may_settle"] is False
    assert listed(small, signed_in(small, asking), mine="yes")["referrals"] == []


def test_of_mine_shows_what_i_may_settle(small: Service, monkeypatch) -> None:
    monkeypatch.setattr(worklist, "MOST_LOOKED_AT", 2)
    large = [referred(small, of(f"{amount}000.00")) for amount in (9, 8, 7)]
    within = referred(small, of("500.00"))
    me = signed_in(small, holder(small, "me", amount="1000.00"))
    first = listed(small, me, mine="yes")
    assert (first["referrals"], first["next"]) == ([], large[1])
    assert decisions(listed(small, me, mine="yes", after=first["next"])) == [within]
    assert listed(small, small.as_role(Role.AUDITOR), mine="yes")["referrals"] == []


def test_is_that_of_the_policies_in_which_finance_holds_an_authority(small: Service) -> None:
    id = referred(small)
    without = small.as_role(Role.FINANCE, "without")
    assert listed(small, without)["referrals"] == []
    assert small.client.get(f"/v1/referrals/{id}", headers=without).status_code == 404
    within = signed_in(small, holder(small, "within", Role.FINANCE, amount="1.00"))
    assert decisions(listed(small, within)) == [id]
    assert decisions(listed(small, small.as_role(Role.AUDITOR))) == [id]
    for role in (Role.SALES, Role.ADMINISTRATOR):
        assert small.client.get("/v1/referrals", headers=small.as_role(role)).status_code == 403


def test_holds_proposals_and_what_a_policy_names_besides(small: Service, boss) -> None:
    proposal = referred(small, WORST)
    named = referred(small, {**FACTS, "requested_net_days": 30, "exposure": "900000.00"})
    decided = told(small.decide())["id"]
    shown = {one["decision"]: one for one in listed(small, boss)["referrals"]}
    assert set(shown) == {proposal, named}
    assert decided not in shown
    assert (shown[proposal]["outcome"], shown[proposal]["needs_confirmation"]) == ("refuse", True)
    assert (shown[named]["outcome"], shown[named]["needs_confirmation"]) == ("counter", False)


def test_is_filled_by_batches_and_never_by_simulations(small: Service, boss) -> None:
    lines = "\n".join(json.dumps({"facts": facts}) for facts in (UNGRADED, FACTS, LONG))
    small.post(BATCH, lines.encode(), "application/x-ndjson")
    small.post("/v1/policies/payment-terms/simulations", json.dumps({"facts": UNGRADED}).encode())
    assert len(listed(small, boss)["referrals"]) == 2


def test_tells_of_one_what_may_be_settled_and_what_was(small: Service, boss) -> None:
    id = referred(small, LONG)
    first = told(settle(small, id, boss, **REFUSE))
    one = told(small.client.get(f"/v1/referrals/{id}", headers=boss))
    assert one["ruled"] == "counter"
    assert [choice["outcome"] for choice in one["settle_with"]] == ["offer", "counter", "refuse"]
    assert one["terms"]["prepayment_due"]["needed_with"] == ["counter"]
    assert set(one["reasons_to_give"]) == {"RISK_TAKEN", "RISK_CONFIRMED"}
    assert one["resolutions"] == [first]
    assert one["standing"] == first


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"mine": "no"}, "`mine` is yes, or left out"),
        ({"state": "closed"}, "`state` is one of open, settled, superseded, all"),
        ({"limit": "0"}, "`limit` is a whole number from 1 to 200"),
        ({"after": "x"}, "`after` is the `next` of the page before"),
        ({"after": "0198c0de-0000-7000-8000-000000000000"}, "`after` is the `next` of the page before"),
        ({"colour": "red"}, "`colour` is not known"),
    ],
)
def test_refuses_what_it_cannot_read(small: Service, boss, query, says: str) -> None:
    response = small.client.get("/v1/referrals", query_string=query, headers=boss)
    assert response.status_code == 422
    assert says in response.text


def test_of_a_policy_that_says_nothing_is_settled_without_limit_only(tmp_path) -> None:
    with serving(tmp_path) as service:
        id = referred(service)
        reason = {"outcome": "offer", "reason": "SETTLED_BY_PERSON"}
        limited = signed_in(service, holder(service, "limited", amount="9999999.00"))
        assert settle(service, id, limited, **reason).status_code == 403
        boss = signed_in(service, holder(service, "boss"))
        (item,) = listed(service, boss)["referrals"]
        assert (item["amount"], item["due_at"], item["overdue"]) == (None, None, False)
        assert settle(service, id, boss, **reason).status_code == 201


def _everything(table: str):
    from sqlalchemy import text

    return text(f"SELECT * FROM {table}")
