"""A statement of reasons ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.domain.people import Role
from tests import people, referred, stated
from tests.printed import text_of
from tests.stated import COUNTERED, OFFERED, REFUSED, decided, stated_of, statement
from tests.web.service import NOON, Service, new_version, serving, told


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("statements")
    with serving(folder, stated.TEXT, referred.REFERRED, now=lambda: NOON, **stated.SETTINGS) as opened:
        yield opened


class Clock:
    """A clock that is moved by hand, and forwards only."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ageing(tmp_path: Path, clock: Clock) -> Iterator[Service]:
    """A service for which time passes."""
    with serving(tmp_path, stated.TEXT, referred.REFERRED, now=clock, **stated.SETTINGS) as opened:
        yield opened


def test_tells_who_decided_what_when_and_why(service: Service) -> None:
    id = decided(service, REFUSED, customer="C-1", reference="SO-1")
    found = stated_of(service, id)
    assert found["issuer"] == {"company": "Example Trading 示例贸易", "address": "1 Harbour Road"}
    assert (found["customer"], found["reference"]) == ("C-1", "SO-1")
    assert (found["subject"], found["outcome_label"], found["by"]) == ("Payment terms", "Refused", "rules")
    assert found["decided_on"] == "2026-11-21"
    assert [(one["label"], one["said"]) for one in found["asked"]] == [
        ("Order amount", ["10,000.00 CNY"]),
        ("Requested term", ["30 days"]),
        ("Prepayment offered", ["10%"]),
    ]
    assert [(one["label"], one["said"]) for one in found["outputs"]] == [
        ("Security required", ["A guarantee"])
    ]
    assert found["reasons"] == [{"code": "WORST_GRADE", "text": "The grade does not allow it."}]


def test_says_how_it_can_be_proven(service: Service) -> None:
    id = decided(service, REFUSED)
    made = told(service.get(f"/v1/decisions/{id}"))
    leaf = service.services.store.decisions.entry(UUID(id)).leaf
    assert stated_of(service, id)["proof"] == {
        "ruleset": made["ruleset"],
        "leaf_hash": sha256(b"\0" + leaf).hexdigest(),
        "resolution": None,
    }


def test_names_the_day_of_the_operators_zone(ageing: Service, clock: Clock) -> None:
    clock.now = NOON.replace(hour=20)
    assert stated_of(ageing, decided(ageing, REFUSED))["decided_on"] == "2026-11-22"


def test_speaks_the_operators_language_unless_another_is_asked_for(service: Service) -> None:
    id = decided(service, REFUSED)
    assert told(statement(service, id))["reasons"][0]["text"] == "该等级不予赊销。"
    assert statement(service, id).headers["Content-Language"] == "zh"
    assert stated_of(service, id)["reasons"][0]["text"] == "The grade does not allow it."
    assert statement(service, id, lang="fr").status_code == 422


def test_has_the_same_bytes_whenever_it_is_given(ageing: Service, clock: Clock, tmp_path: Path) -> None:
    id = decided(ageing, COUNTERED, customer="C-1")
    first = [statement(ageing, id, format=form).data for form in ("html", "pdf", "json")]
    clock.now += timedelta(days=20)
    stricter = ("{type: days, value: 90,", "{type: days, value: 60,")
    ageing.publish(new_version(stated.TEXT, "1.1.0", stricter), tmp_path / "rulesets")
    assert [statement(ageing, id, format=form).data for form in ("html", "pdf", "json")] == first


def test_says_what_would_have_changed_the_decision(service: Service) -> None:
    ways = stated_of(service, decided(service, COUNTERED))["ways_forward"]
    assert ways == ["Requested term: 90 days instead of 120 days. The outcome is then: Offered."]


@pytest.mark.parametrize(
    ("facts", "says"),
    [(OFFERED, "was favourable (Offered)"), ({**OFFERED, "grade": None}, "waits for a person")],
)
def test_is_not_given_where_nothing_was_refused(service: Service, facts: Any, says: str) -> None:
    id = decided(service, facts)
    answer = statement(service, id)
    assert answer.status_code == 409
    assert says in told(answer)["detail"]
    assert "is given for a decision that refuses" in told(answer)["detail"]
    assert "statement" not in {
        one.kind for one in service.services.store.decisions.entries(limit=1000) if id.encode() in one.leaf
    }


def test_is_not_given_of_what_is_not_told_to_customers(service: Service, tmp_path: Path) -> None:
    inner = new_version(
        stated.TEXT,
        "1.0.0",
        (f"policy: {stated.POLICY}", "policy: inner-terms"),
        ("to: customer", "to: finance"),
    )
    service.publish(inner, tmp_path)
    id = told(service.decide(REFUSED, policy="inner-terms"))["id"]
    answer = statement(service, id)
    assert answer.status_code == 409
    assert "goes to customers" in told(answer)["detail"]


def test_is_gone_after_an_erasure(service: Service) -> None:
    id = decided(service, REFUSED, customer="C-gone")
    assert statement(service, id).status_code == 200
    service.erase("C-gone")
    assert statement(service, id).status_code == 410
    assert statement(service, str(UUID(int=0))).status_code == 404


def settled(service: Service, facts: Any, **body: Any) -> str:
    """A decision of the other policy that a person has settled."""
    id = referred.referred(service, facts, customer="C-1")
    officer = referred.holder(service, "settling")
    answer = referred.settle(service, id, referred.signed_in(service, officer), **body)
    assert answer.status_code == 201, answer.text
    return id


def test_waits_for_the_person_who_has_to_confirm_it(service: Service) -> None:
    id = referred.referred(service, referred.WORST)
    assert "waits for a person" in told(statement(service, id))["detail"]
    id = settled(service, referred.WORST, **referred.REFUSE)
    found = stated_of(service, id)
    assert (found["outcome"], found["by"]) == ("refuse", "confirmed")
    assert found["reasons"] == [{"code": "WORST_GRADE", "text": "The grade does not allow it."}]


def test_tells_what_a_person_settled(service: Service) -> None:
    terms = {"net_days": 45, "prepayment_due": "0.50"}
    expires = (NOON + timedelta(days=3)).isoformat()
    note = {"note": "A reason of our own", "expires_at": expires}
    id = settled(service, referred.LONG, outcome="counter", reason="RISK_TAKEN", terms=terms, **note)
    found = stated_of(service, id)
    assert (found["outcome_label"], found["by"]) == ("Countered", "person")
    assert [(one["label"], one["said"]) for one in found["outputs"]] == [("Term", ["45 days"])]
    assert found["ways_forward"] == []
    resolution = told(service.get(f"/v1/decisions/{id}"))["standing"]
    assert found["proof"]["resolution"]["id"] == resolution["id"]
    leaf = service.services.store.decisions.entry(UUID(resolution["id"])).leaf
    assert found["proof"]["resolution"]["leaf_hash"] == sha256(b"\0" + leaf).hexdigest()
    page = statement(service, id, "text/html", lang="en").text
    assert "It holds until 2026-11-24 20:00 (Asia/Shanghai)." in page
    for kept in ("A reason of our own", "RISK_TAKEN", "The risk is taken", "50%"):
        assert kept not in page


def test_ends_with_the_resolution_that_it_tells(ageing: Service, clock: Clock) -> None:
    expires = (NOON + timedelta(days=3)).isoformat()
    id = settled(ageing, referred.WORST, **referred.REFUSE, expires_at=expires)
    assert statement(ageing, id).status_code == 200
    clock.now += timedelta(days=4)
    assert "waits for a person" in told(statement(ageing, id))["detail"]


def test_is_not_given_where_a_person_decided_in_favour(service: Service) -> None:
    id = settled(service, referred.WORST, **referred.OFFER, note="We know them")
    detail = told(statement(service, id))["detail"]
    assert "was favourable (Offered, as a person settled it at 2026-11-21T12:00:00.000000Z)" in detail


def test_leaves_out_reasons_that_are_of_our_own_procedure(service: Service) -> None:
    found = stated_of(service, settled(service, referred.UNGRADED, **referred.REFUSE))
    assert (found["reasons"], found["reasons_specific"]) == ([], False)


def test_tells_no_more_than_sales_may_read_whoever_asks(service: Service) -> None:
    facts = {**REFUSED, "insurer_grade": "9"}
    id = decided(service, facts, customer="C-1")
    for form in ("json", "html", "pdf"):
        data = statement(service, id, format=form, lang="en").data
        text = text_of(data) if form == "pdf" else data.decode()
        for kept in ("insurer", "Insurer", "Watch", "Inner", "INSURER_GRADE", "Score"):
            assert kept not in text
    found = stated_of(service, id)
    assert found["reasons_withheld"]
    assert [one["code"] for one in found["reasons"]] == ["WORST_GRADE"]


def test_is_the_same_for_a_representative(service: Service) -> None:
    rep = people.person(service.services, "rep", Role.SALES)
    service.services.portfolios.assign(rep.id, "C-rep", by=None)
    id = decided(service, REFUSED, customer="C-rep")
    sales = people.bearer(people.key(service.services, rep))
    answer = service.client.get(f"/v1/decisions/{id}/statement", headers=sales)
    assert answer.data == statement(service, id).data
    other = decided(service, REFUSED, customer="C-other")
    assert service.client.get(f"/v1/decisions/{other}/statement", headers=sales).status_code == 404


def test_names_no_more_reasons_than_are_principal(service: Service, tmp_path: Path) -> None:
    one = new_version(
        stated.TEXT, "1.0.0", (f"policy: {stated.POLICY}", "policy: one-reason\nprincipal_reasons: 1")
    )
    service.publish(one, tmp_path)
    id = told(service.decide({**REFUSED, "remark": "late"}, policy="one-reason"))["id"]
    assert [one["code"] for one in stated_of(service, id)["reasons"]] == ["WORST_GRADE"]


def test_offers_the_findings_where_it_only_names_a_grade(service: Service) -> None:
    broad = decided(service, REFUSED)
    assert not stated_of(service, broad)["reasons_specific"]
    assert "On request we name the findings" in statement(service, broad, "text/html", lang="en").text
    specific = decided(service, {**REFUSED, "remark": "paid late"})
    assert stated_of(service, specific)["reasons_specific"]
    assert "On request" not in statement(service, specific, "text/html", lang="en").text


def test_carries_the_notice_that_the_buyers_law_asks_for(service: Service) -> None:
    id = decided(service, REFUSED)
    assert stated_of(service, id)["notices"] == []
    found = stated_of(service, id, country="US")
    assert [one["text"] for one in found["notices"]] == ["The Act prohibits it."]
    assert stated_of(service, id, country="CN")["notices"] == []
    american = decided(service, {**REFUSED, "buyer_country": "US"})
    assert [one["id"] for one in stated_of(service, american)["notices"]] == ["us-notice"]
    assert "该法禁止。" in text_of(statement(service, american, format="pdf").data)


@pytest.mark.parametrize("country", ["us", "USA", "U1"])
def test_refuses_a_country_that_is_none(service: Service, country: str) -> None:
    answer = statement(service, decided(service, REFUSED), country=country)
    assert answer.status_code == 422
    assert "ISO 3166-1" in answer.text


def test_refuses_a_country_that_the_facts_contradict(service: Service) -> None:
    id = decided(service, {**REFUSED, "buyer_country": "CN"})
    answer = statement(service, id, country="US")
    assert answer.status_code == 422
    assert "`buyer_country` CN" in answer.text


def test_says_how_long_a_review_may_be_asked_for(service: Service) -> None:
    by_ruleset = stated_of(service, decided(service, REFUSED))["review"]
    assert by_ruleset == {"contact": "reviews@example.com", "days": 45, "until": "2027-01-05"}
    by_operator = stated_of(service, settled(service, referred.WORST, **referred.REFUSE))["review"]
    assert (by_operator["days"], by_operator["until"]) == (20, "2026-12-11")


def test_tells_that_it_is_not_ready_where_the_company_has_not_said_who_it_is(tmp_path: Path) -> None:
    with serving(tmp_path, stated.TEXT) as bare:
        id = decided(bare, REFUSED)
        found = told(statement(bare, id))
        assert found["missing"] == list(stated.COMPANY)
        assert (found["issuer"], found["review"]["contact"]) == ({"company": None, "address": None}, None)
        page = statement(bare, id, "text/html").text
        assert "Not ready to be sent: the company has not stated its name, its address, a contact" in page
        assert "has not yet named a contact for reviews" in page
        assert "Notreadytobesent" in text_of(statement(bare, id, format="pdf").data)
