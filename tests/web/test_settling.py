"""Settling a referral ..."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from app.domain.errors import Refused
from app.domain.instants import utc_text
from app.domain.people import Principal, Role, Scope
from app.domain.referrals import ResolutionRequest
from tests import people
from tests.referred import (
    LONG,
    REFERRED,
    REFUSE,
    UNGRADED,
    WORST,
    holder,
    principal,
    read,
    referred,
    settle,
    signed_in,
    uuid,
)
from tests.web.service import NOON, Service, faults, serving, told

NOTE = "Known for years."


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A service with officers of two authorities, one of finance, and a sales person."""
    with serving(tmp_path_factory.mktemp("desk"), REFERRED) as service:
        yield service


@pytest.fixture(scope="module")
def officer(desk: Service) -> dict[str, str]:
    """The session of an officer who may settle up to 50,000 and 60 days."""
    return signed_in(desk, holder(desk, "ordinary", amount="50000.00", days=60))


@pytest.fixture(scope="module")
def manager(desk: Service) -> dict[str, str]:
    """The session of an officer without limits."""
    return signed_in(desk, holder(desk, "manager"))


def test_is_an_entry_of_its_own_and_leaves_the_decision_as_it_was(desk: Service, officer) -> None:
    id = referred(desk, customer="C-1", reference="SO-1")
    before = read(desk, id)
    assert before.pop("standing") is None
    response = settle(desk, id, officer, terms={"net_days": 45}, note=NOTE)
    assert response.status_code == 201
    made = told(response)
    after = read(desk, id)
    assert after.pop("standing") == made
    assert after == before
    assert (made["decision"], made["outcome"], made["terms"], made["note"]) == (
        id,
        "offer",
        {"net_days": 45},
        NOTE,
    )
    assert made["reason"] == {"code": "RISK_TAKEN", "text": {"en": "The risk is taken.", "zh": "接受风险。"}}
    assert told(desk.client.post(f"/v1/decisions/{id}/replay"))["result"] == "identical"


def test_seals_terms_and_note(desk: Service, officer) -> None:
    id = referred(desk, customer="C-2")
    made = told(settle(desk, id, officer, terms={"net_days": 44}, note=NOTE))
    latest = desk.services.store.referrals.latest(uuid(id))
    assert latest is not None
    entry = latest.entry
    assert entry.kind == "resolution"
    assert NOTE.encode() not in entry.leaf + entry.sealed
    assert b'"net_days"' not in entry.leaf + entry.sealed
    for word in (made["outcome"], made["reason"]["code"], id):
        assert word.encode() in entry.leaf


def test_confirms_a_proposal_or_declines_it(desk: Service, manager) -> None:
    confirmed, declined = referred(desk, WORST), referred(desk, WORST)
    assert told(settle(desk, confirmed, manager, **REFUSE))["override"] is False
    assert settle(desk, declined, manager).status_code == 422  # an offer is milder, and says not why
    assert told(settle(desk, declined, manager, note=NOTE))["override"] is True


def test_needs_a_note_where_it_is_milder_than_the_rules_alone_say(desk: Service, manager) -> None:
    id = referred(desk, LONG)
    message = "`note` is needed: offer is milder than the rules alone say, counter"
    assert faults(settle(desk, id, manager)) == {"/note": message}
    counter = settle(desk, id, manager, outcome="counter", terms={"prepayment_due": "0.5"})
    assert told(counter)["override"] is False


def test_is_open_to_who_has_the_authority_and_no_other(desk: Service, officer) -> None:
    id = referred(desk, {**UNGRADED, "order_amount": "800000.00", "credit_limit": "9000000.00"})
    holder(desk, "manager")
    response = settle(desk, id, officer)
    assert response.status_code == 403
    said = told(response)
    assert said["errors"] == [
        {
            "code": "authority",
            "detail": "it is about 800,000.00 CNY, and yours ends at 50,000.00 CNY;"
            " that is 750,000.00 CNY too much",
        }
    ]
    assert said["detail"].endswith("It could be settled by Manager.")
    accountant = holder(desk, "accountant", Role.FINANCE, amount="1.00")
    response = settle(desk, id, signed_in(desk, accountant))
    assert told(response)["detail"].endswith("It could be settled by 1 of the role credit-officer.")


def test_counts_the_terms_that_are_set(desk: Service, officer) -> None:
    id = referred(desk)
    response = settle(desk, id, officer, terms={"net_days": 61})
    assert response.status_code == 403
    assert "it is about 61 days, and yours ends at 60 days; that is 1 days too much" in response.text
    assert settle(desk, id, officer, terms={"net_days": 60}).status_code == 201


def test_is_refused_with_an_outcome_beyond_the_authority(desk: Service) -> None:
    refuser = signed_in(desk, holder(desk, "refuser", outcomes=("refuse",)))
    id = referred(desk)
    response = settle(desk, id, refuser)
    assert response.status_code == 403
    assert "you may not settle with offer" in response.text
    assert settle(desk, id, refuser, **REFUSE).status_code == 201


def test_is_refused_without_an_authority(desk: Service) -> None:
    nobody = desk.as_role(Role.CREDIT_OFFICER, "no-authority")
    response = settle(desk, referred(desk), nobody)
    assert response.status_code == 403
    assert told(response)["detail"].startswith("You hold no authority to settle referrals of payment-terms.")


def test_is_never_done_by_who_asked(desk: Service) -> None:
    requester = holder(desk, "requester")
    theirs = signed_in(desk, requester)
    id = referred(desk, headers=_key(desk, requester))
    response = settle(desk, id, theirs)
    assert response.status_code == 403
    assert told(response)["detail"].startswith(
        "You are who asked for the decision, so somebody else settles it."
    )


def test_is_never_done_by_whom_it_was_asked_for_nor_by_the_owner_of_the_key(desk: Service) -> None:
    owner, whose = holder(desk, "key-owner"), holder(desk, "represented")
    id = referred(desk, on_behalf_of="represented", headers=_key(desk, owner))
    for person, why in (
        (owner, "the owner of the key that asked for it"),
        (whose, "who asked for the decision"),
    ):
        response = settle(desk, id, signed_in(desk, person))
        assert response.status_code == 403
        assert told(response)["detail"].startswith(f"You are {why}, so somebody else settles it.")
    assert settle(desk, id, signed_in(desk, holder(desk, "third"))).status_code == 201


@pytest.mark.parametrize("role", [Role.SALES, Role.AUDITOR, Role.ADMINISTRATOR])
def test_is_not_for_other_roles(desk: Service, role: Role) -> None:
    assert settle(desk, referred(desk), desk.as_role(role)).status_code == 403


def test_is_refused_by_the_service_itself_to_a_key_and_to_a_role_that_settles_nothing(desk: Service) -> None:
    id, wanted = uuid(referred(desk)), ResolutionRequest("offer", "RISK_TAKEN")
    reviewer, person = holder(desk, "reviewer", Role.AUDITOR), holder(desk, "manager")
    key = desk.services.api_keys.create(person.id, "a key", {Scope.READ}, by=None).key
    for asking in (principal(reviewer), Principal(person, key=key)):
        with pytest.raises(Refused, match="You hold no authority") as refused:
            desk.services.settling.settle(id, wanted, asking)
        assert not refused.value.conflict


def test_is_never_done_with_a_key(desk: Service, manager) -> None:
    key = _key(desk, holder(desk, "manager"))
    assert settle(desk, referred(desk), key).status_code == 403


def test_of_a_policy_without_authority_is_as_if_it_were_not_there(desk: Service) -> None:
    lawyer = desk.as_role(Role.LEGAL, "lawyer")
    id = referred(desk)
    missing = settle(desk, id, lawyer)
    assert missing.status_code == 404
    nowhere = settle(desk, "0198c0de-0000-7000-8000-000000000000", lawyer)
    assert told(missing)["detail"].replace(id, "X") == told(nowhere)["detail"].replace(
        "0198c0de-0000-7000-8000-000000000000", "X"
    )


def test_takes_a_decision_that_asks_for_a_person_alone(desk: Service, manager) -> None:
    decided = told(desk.decide())["id"]
    assert settle(desk, decided, manager).status_code == 404


def test_stands_until_it_ends_and_the_referral_is_open_again(tmp_path) -> None:
    clock = [NOON]
    with serving(tmp_path, REFERRED, now=lambda: clock[0]) as service:
        headers = people.bearer(people.key(service.services, holder(service, "reader")))
        boss = signed_in(service, holder(service, "boss"))
        id = referred(service)
        until = NOON + timedelta(minutes=20)
        made = told(settle(service, id, boss, expires_at=utc_text(until)))
        assert read(service, id)["standing"] == made
        assert told(service.client.get("/v1/referrals", headers=headers))["referrals"] == []
        clock[0] = until
        assert read(service, id)["standing"] is None
        (again,) = told(service.client.get("/v1/referrals", headers=headers))["referrals"]
        assert (again["decision"], again["standing"]) == (id, None)
        second = told(settle(service, id, boss, follows=made["id"], **REFUSE))
        assert read(service, id)["standing"] == second
        history = told(service.client.get(f"/v1/referrals/{id}", headers=headers))["resolutions"]
        assert history == [made, second]


def test_again_says_which_resolution_it_follows(desk: Service, manager) -> None:
    id = referred(desk)
    assert settle(desk, id, manager, follows="0198c0de-0000-7000-8000-000000000000").status_code == 409
    first = told(settle(desk, id, manager))
    refused = settle(desk, id, manager, **REFUSE)
    assert refused.status_code == 409
    assert f"`follows` {first['id']}" in told(refused)["detail"]
    second = settle(desk, id, manager, follows=first["id"], **REFUSE)
    assert told(second)["follows"] == first["id"]
    assert settle(desk, id, manager, follows=first["id"]).status_code == 409
    assert read(desk, id)["standing"] == told(second)


def test_at_once_is_won_by_exactly_one(desk: Service) -> None:
    rivals = [principal(holder(desk, f"rival-{place}")) for place in range(4)]
    wanted = ResolutionRequest("offer", "RISK_TAKEN")
    for _ in range(5):
        id = referred(desk)

        def race(rival: Principal, id: str = id) -> bool:
            try:
                desk.services.settling.settle(uuid(id), wanted, rival)
            except Refused as refused:
                return not refused.conflict
            return True

        with ThreadPoolExecutor(len(rivals)) as pool:
            assert sorted(pool.map(race, rivals)) == [False, False, False, True]


def test_is_told_to_sales_without_the_note_and_who(desk: Service, manager) -> None:
    seller = people.person(desk.services, "seller", Role.SALES)
    desk.services.portfolios.assign(seller.id, "C-77", by=None)
    id = referred(desk, customer="C-77")
    terms = {"net_days": 10, "prepayment_due": "0.4"}
    assert settle(desk, id, manager, note=NOTE, outcome="counter", terms=terms).status_code == 201
    standing = read(desk, id, signed_in(desk, seller))["standing"]
    assert set(standing) == {"outcome", "outcome_kind", "outcome_label", "terms", "settled_at", "expires_at"}
    assert (standing["outcome"], standing["terms"]) == ("counter", {"net_days": 10})


def test_is_over_when_the_customer_is_erased(tmp_path) -> None:
    with serving(tmp_path, REFERRED) as service:
        holder(service, "boss")
        id = referred(service, customer="C-9")
        service.erase("C-9")
    with serving(tmp_path, REFERRED) as service:
        boss = signed_in(service, holder(service, "boss"))
        assert settle(service, id, boss).status_code == 410
        (shown,) = told(service.client.get("/v1/referrals", headers=boss))["referrals"]
        assert (shown["erased"], shown["customer"], shown["amount"], shown["assigned_to"]) == (
            True,
            None,
            None,
            [],
        )
        assert [one["text"] for one in shown["reasons"]] == [None]


def _key(service: Service, person) -> dict[str, str]:
    return people.bearer(people.key(service.services, person))


@pytest.mark.parametrize(
    ("body", "pointer", "says"),
    [
        ({"outcome": None}, "/outcome", "`outcome` may not be unknown; it takes an outcome"),
        ({"outcome": "refer"}, "/outcome", "`outcome` is one of offer, counter, refuse"),
        (
            {"outcome": "ofer"},
            "/outcome",
            "`outcome` is one of offer, counter, refuse; did you mean `offer`?",
        ),
        ({"outcome": 1}, "/outcome", "`outcome` takes one of the words that GET on the referral lists"),
        ({"reason": "BECAUSE"}, "/reason", "`reason` is one of RISK_TAKEN, RISK_CONFIRMED"),
        ({"reason": "FILE_INCOMPLETE"}, "/reason", "`reason` is one of RISK_TAKEN, RISK_CONFIRMED"),
        ({"note": " "}, "/note", "`note` takes a text of 1 to 2,000 characters"),
        ({"note": "x" * 2001}, "/note", "`note` takes a text of 1 to 2,000 characters"),
        (
            {"expires_at": "2020-01-01"},
            "/expires_at",
            "`expires_at` has passed; name an instant still to come",
        ),
        (
            {"expires_at": "soon"},
            "/expires_at",
            "`expires_at` takes a day or an instant such as 2026-01-31T12:00:00Z",
        ),
        ({"follows": 7}, "/follows", "`follows` takes the `id` of the resolution that this one replaces"),
        ({"terms": []}, "/terms", "`terms` takes an object with the terms to set, by output"),
        ({"by": "me"}, "/by", "`by` is not a member of a resolution; its members are outcome, reason,"),
        ({"term": {}}, "/term", "`term` is not a member of a resolution; did you mean `terms`?"),
        (
            {"terms": {"limit": 1}},
            "/terms/limit",
            "`limit` is no term that a person sets; set may be net_days,",
        ),
        ({"terms": {"net_days": "30"}}, "/terms/net_days", "`net_days` came as the text '30', and it takes"),
        ({"terms": {"net_days": None}}, "/terms/net_days", "`net_days` came as null, and it takes"),
        ({"terms": {"net_days": 91}}, "/terms/net_days", "`net_days` is 91, and the most it may be is 90"),
        ({"terms": {"net_days": -1}}, "/terms/net_days", "`net_days` is -1, and the least it may be is 0"),
        (
            {"terms": {"prepayment_due": "0.5"}},
            "/terms/prepayment_due",
            "`prepayment_due` is set with counter only, not with offer",
        ),
        (
            {"outcome": "counter"},
            "/terms/prepayment_due",
            "`prepayment_due` is needed with the outcome counter",
        ),
        (
            {"outcome": "counter", "terms": {"prepayment_due": "0.05"}},
            "/terms/prepayment_due",
            "`prepayment_due` is 5%, and the least it may be is 10%",
        ),
    ],
)
def test_is_refused_by_name_when_it_cannot_be_read(
    desk: Service, manager, body, pointer: str, says: str
) -> None:
    id = _waiting(desk)
    response = settle(desk, id, manager, **body)
    assert response.status_code == 422
    found = faults(response)
    assert list(found) == [pointer]
    assert found[pointer].startswith(says)
    assert read(desk, id)["standing"] is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'"offer"', b"{", b'{"outcome": "offer", "outcome": "refuse"}', b"\xff"]
)
def test_is_refused_when_it_is_no_object(desk: Service, manager, body: bytes) -> None:
    path = f"/v1/referrals/{_waiting(desk)}/resolution"
    assert desk.post(path, body, headers=manager).status_code == 422


_known: list[str] = []


def _waiting(service: Service) -> str:
    """A referral that nobody settles."""
    if not _known:
        _known.append(referred(service))
    return _known[0]
