"""The customer file ..."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.domain.people import Role
from tests.filed import FILE, ORDER, file, filing_service, held, signal, today
from tests.referred import holder, settle, signed_in
from tests.web.service import Service, told


@pytest.fixture
def both(tmp_path: Path, database_url: str) -> Iterator[Service]:
    with filing_service(tmp_path, database_url=database_url) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with filing_service(tmp_path_factory.mktemp("filed")) as opened:
        yield opened


def decide(service: Service, customer: str, facts: Any = ORDER, **more: Any) -> Any:
    return told(service.decide(facts, customer=customer, **more))


def looked_after(service: Service, login: str, customer: str) -> dict[str, str]:
    """The header of a key of a sales person to whom a customer is assigned."""
    header = service.as_role(Role.SALES, login)
    whose = service.services.people.find(login)
    assert whose is not None
    service.services.portfolios.assign(whose.id, customer, by=None)
    return header


def ago(service: Service, days: int) -> str:
    return (date.fromisoformat(today(service)) - timedelta(days=days)).isoformat()


def test_keeps_history_and_tells_what_held_on_each_day(both: Service) -> None:
    early, late = ago(both, 20), ago(both, 10)
    first = file(both, "C-1", {"grade": "A", "credit_limit": "5.00"}, as_of=early, evidence="R-1")
    assert (first["written"], first["refused"]) == (1, 0)
    assert (
        file(both, "C-1", {"grade": "A", "credit_limit": "5.00"}, as_of=early, evidence="R-1")["unchanged"]
        == 1
    )
    file(both, "C-1", {"grade": "C"}, as_of=late)
    file(both, "C-1", {"grade": "B"}, as_of=late)
    assert held(both, "C-1")["grade"]["value"] == "B"
    assert held(both, "C-1", as_of=ago(both, 11))["grade"]["value"] == "A"
    assert held(both, "C-1", as_of=ago(both, 21)) == {}
    file(both, "C-1", {"grade": "D"}, as_of=ago(both, 15))
    now = held(both, "C-1")
    assert (now["grade"]["value"], now["credit_limit"]["value"]) == ("B", "5.00")
    assert (now["credit_limit"]["evidence"], now["credit_limit"]["age"]) == ("R-1", 20)
    history = told(both.get("/v1/customers/C-1/facts/grade"))["history"]
    assert [one["value"] for one in history] == ["A", "C", "B", "D"]
    again = file(both, "C-1", {"grade": "A", "credit_limit": "5.00"}, as_of=early, evidence="R-1")
    assert again["unchanged"] == 1
    file(both, "C-1", {"grade": None})
    assert held(both, "C-1")["grade"]["value"] is None
    listed = told(both.get("/v1/customers", prefix="C-"))
    assert listed["customers"] == [{"customer": "C-1", "facts": 2, "newest": today(both)}]


def test_gives_a_decision_what_it_does_not_bring_and_records_where_from(both: Service) -> None:
    file(both, "C-1", FILE, evidence="ledger")
    found = decide(both, "C-1")
    assert found["facts"]["credit_limit"] == "100000.00"
    origin = found["origins"]["credit_limit"]
    assert (origin["from"], origin["source"], origin["evidence"]) == ("file", "erp", "ledger")
    assert found["origins"]["order_amount"] == {"from": "sent"}
    explained = told(both.get(f"/v1/decisions/{found['id']}/explanation", lang="en"))
    said = {one["name"]: one.get("origin_said") for one in explained["facts"]}
    assert said["grade"] == f"customer file: ERP, as of {today(both)} (ledger)"
    file(both, "C-1", {"grade": "E"})
    assert told(both.post(f"/v1/decisions/{found['id']}/replay", b""))["result"] == "identical"
    assert decide(both, "C-1", {**ORDER, "grade": "A"})["origins"]["grade"] == {"from": "sent"}
    old = both.services.store.customers.held("C-1", date.fromisoformat(ago(both, 1)))
    assert old == {}


def test_is_left_out_where_that_is_asked_and_missing_facts_are_told(shared: Service) -> None:
    file(shared, "C-2", FILE)
    missing = decide(shared, "C-2", enrich=False)
    assert {one["pointer"] for one in missing["errors"]} >= {"/facts/credit_limit", "/facts/exposure"}
    assert decide(shared, "C-none")["status"] == 422
    assert shared.decide(ORDER, customer="C-2", enrich="no").status_code == 422


def test_counts_what_is_too_old_as_unknown_and_says_so(shared: Service) -> None:
    file(shared, "C-3", {**FILE, "grade": {"value": "A", "as_of": ago(shared, 30)}})
    assert held(shared, "C-3")["grade"]["stale"] is False
    assert decide(shared, "C-3")["facts"]["grade"] == "A"
    file(shared, "C-4", {**FILE, "grade": {"value": "A", "as_of": ago(shared, 31)}})
    assert held(shared, "C-4")["grade"]["stale"] is True
    found = decide(shared, "C-4")
    assert (found["facts"]["grade"], found["outcome"]) == (None, "refer")
    origin = found["origins"]["grade"]
    assert (origin["unused"], origin["max_age"], origin["as_of"]) == ("stale", 30, ago(shared, 31))


def test_lets_a_request_override_only_what_its_role_may_give(shared: Service) -> None:
    file(shared, "C-5", FILE)
    rep = looked_after(shared, "rep-5", "C-5")
    refused = shared.decide({**ORDER, "grade": "A"}, customer="C-5", headers=rep)
    assert [one["pointer"] for one in told(refused)["errors"]] == ["/facts/grade"]
    answer = told(shared.decide(ORDER, customer="C-5", headers=rep))
    assert answer["outcome"] == "offer"
    assert "origins" not in answer
    assert not {"grade", "credit_limit", "exposure"} & set(answer["facts"])


def test_tells_sales_which_facts_it_filled_in_and_from_where_but_not_with_what(shared: Service) -> None:
    file(shared, "C-15", {**FILE, "lawsuits": "0"})
    rep = looked_after(shared, "rep-15", "C-15")
    answer = told(shared.decide(ORDER, customer="C-15", headers=rep))
    assert answer["filled_in"] == dict.fromkeys(("grade", "credit_limit", "exposure"), "file")


def test_is_no_help_to_sales_about_a_customer_of_others(shared: Service) -> None:
    rep = shared.as_role(Role.SALES, "rep-16")
    assert shared.decide(ORDER, customer="C-16", headers=rep).status_code == 422  # not known, so anybody's
    file(shared, "C-16", FILE)
    refused = shared.decide(ORDER, customer="C-16", headers=rep)
    assert (refused.status_code, told(refused)["errors"][0]["code"]) == (403, "not-yours")
    looked_after(shared, "rep-16", "C-16")
    assert shared.decide(ORDER, customer="C-16", headers=rep).status_code == 201


def test_takes_no_evidence_of_another_source(shared: Service) -> None:
    court, agency = {"value": "1.00", "source": "court"}, {"value": "B", "source": "agency"}
    facts = {"credit_limit": court, "grade": agency, "exposure": {**court, "evidence": "(2026) 1"}}
    file(shared, "C-17", facts, source="agency", evidence="report 88")
    found = held(shared, "C-17")
    evidence = {name: found[name]["evidence"] for name in ("credit_limit", "grade", "exposure")}
    assert evidence == {"credit_limit": None, "grade": "report 88", "exposure": "(2026) 1"}
    (row,) = told(shared.get("/v1/customers/C-17/facts/grade"))["history"]
    assert row["filed_at"] == found["grade"]["filed_at"]


def test_refuses_an_item_by_its_place_and_keeps_the_others(shared: Service) -> None:
    items: list[Any] = [
        {"customer": "C-60", "facts": {"grade": "B"}},
        {"customer": "C-61", "facts": {"grad": "B", "credit_limit": 1.5}},
        {"customer": " C", "facts": {"grade": "B"}},
        {"customer": "C-62", "facts": {"grade": "B"}, "as_of": "2999-01-01"},
        {"customer": "C-63", "facts": {"grade": {"value": "Z"}}},
        7,
    ]
    body = {"as_of": today(shared), "source": "manual", "customers": items}
    send = json.dumps(body).encode()
    tried = told(shared.post("/v1/customers/facts", json.dumps({**body, "dry_run": True}).encode()))
    assert (tried["import"], tried["refused"]) == (None, 5)
    assert shared.get("/v1/customers/C-60/file").status_code == 404
    whole = shared.post("/v1/customers/facts", json.dumps({**body, "all_or_nothing": True}).encode())
    assert whole.status_code == 422
    done = told(shared.post("/v1/customers/facts", send))
    assert [one["place"] for one in done["refusals"]] == [1, 2, 3, 4, 5]
    assert "did you mean `grade`?" in done["refusals"][0]["errors"][0]["detail"]
    assert held(shared, "C-60")["grade"]["entered_by"] == str(shared.officer.id)
    assert shared.get("/v1/customers/C-61/file").status_code == 404


def test_takes_a_table_with_a_mapping_and_a_workbook(shared: Service) -> None:
    rows = b"No;Grade\nC-70;first\nC-71;third\n".replace(b";", b",")
    mapping = b"columns: {customer: No, grade: Grade}\nvalues: {grade: {first: A}}\n"

    def send(content: bytes, name: str, **query: str) -> Any:
        parts = {"file": (BytesIO(content), name), "mapping": (BytesIO(mapping), "ours.yaml")}
        query = {"source": "erp", "as_of": today(shared), **query}
        return told(
            shared.client.post(
                "/v1/customers/imports", data=parts, query_string=query, content_type="multipart/form-data"
            )
        )

    assert send(rows, "a.csv", dry_run="yes")["refused"] == 1
    done = send(rows, "a.csv")
    assert (done["written"], done["refusals"][0]["place"]) == (1, 3)
    kept = shared.services.store.customers.imports.get(UUID(done["import"]))
    assert kept is not None
    assert (kept.mapping, kept.read, kept.written, kept.refused) == ("ours.yaml", 2, 1, 1)
    assert kept.finished_at is not None
    assert kept.sha256 == sha256(rows).digest()
    assert "`third` is not one of A, B, C, D, E" in done["refusals"][0]["errors"][0]["detail"]
    assert send(workbook([["No", "Grade"], ["C-72", "first"]]), "a.xlsx")["written"] == 1
    assert held(shared, "C-72")["grade"]["value"] == "A"
    assert send(b"PK\x03\x04", "a.xlsx")["status"] == 422


def workbook(rows: list[list[str]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    page: Any = book.active
    for row in rows:
        page.append(row)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def test_makes_facts_of_signals_once_somebody_looked(both: Service) -> None:
    file(both, "C-8", FILE)
    assert decide(both, "C-8")["facts"]["lawsuits"] is None
    assert signal(both, "C-8", {"kind": "court-check", "date": ago(both, 3)})["written"] == 1
    assert decide(both, "C-8")["facts"]["lawsuits"] == "0"
    suits = [{"kind": "lawsuit", "date": ago(both, days), "evidence": f"no {days}"} for days in (1, 89, 90)]
    assert signal(both, "C-8", *suits)["written"] == 3
    assert signal(both, "C-8", *suits)["unchanged"] == 3
    found = decide(both, "C-8")
    assert found["facts"]["lawsuits"] == "2"
    assert [one["evidence"] for one in found["origins"]["lawsuits"]["signals"]] == ["no 89", "no 1"]
    signal(both, "C-8", {**suits[0], "withdrawn": True})
    assert decide(both, "C-8")["facts"]["lawsuits"] == "1"
    signal(both, "C-8", {"kind": "downgrade", "date": today(both)})
    assert decide(both, "C-8")["origins"]["grade"]["from"] == "signals"
    refused = signal(both, "C-8", {"kind": "lawsuits", "date": today(both)}, {"kind": "lawsuit"})
    assert refused["refused"] == 2
    assert len(told(both.get("/v1/customers/C-8/signals"))["signals"]) == 6


def test_holds_what_was_decided_from_then_on(both: Service) -> None:
    file(both, "C-9", FILE)
    made = decide(both, "C-9", {**ORDER, "requested_net_days": 30})
    assert made["outcome"] == "offer"
    now = held(both, "C-9")
    assert (now["standard_days"]["value"], now["standard_days"]["source"]) == (30, "decision")
    assert now["standard_days"]["evidence"] == now["standard_days"]["entry"] == made["id"]
    assert now["standard_since"]["value"] == 30
    assert "days_before" not in now
    decide(both, "C-9", {**ORDER, "requested_net_days": 60})
    now = held(both, "C-9")
    assert [now[name]["value"] for name in ("standard_days", "standard_since", "days_before")] == [60, 60, 30]


def test_waits_for_the_person_whom_a_decision_asks(shared: Service) -> None:
    file(shared, "C-10", {**FILE, "grade": "E"})
    id = decide(shared, "C-10")["id"]
    assert "standard_days" not in held(shared, "C-10")
    headers = signed_in(shared, holder(shared, "settler"))
    settled = settle(shared, id, headers, note="known for long", terms={"net_days": 15})
    assert settled.status_code == 201, settled.text
    now = held(shared, "C-10")["standard_days"]
    assert (now["value"], now["evidence"]) == (15, told(settled)["id"])


def test_keeps_out_of_a_referral_who_entered_its_facts_by_hand(shared: Service) -> None:
    author = holder(shared, "author")
    mine = signed_in(shared, author)
    file(shared, "C-11", {**FILE, "grade": "E"}, headers=mine, source="manual")
    id = decide(shared, "C-11")["id"]
    assert settle(shared, id, mine, note="mine").status_code == 403
    assert settle(shared, id, signed_in(shared, holder(shared, "settler")), note="n").status_code == 201


def test_is_read_by_sales_for_their_customers_without_what_is_sensitive(shared: Service) -> None:
    file(shared, "C-12", {**FILE, "lawsuits": "3"})
    rep = shared.as_role(Role.SALES, "rep-12")
    here = "/v1/customers/C-12/file"
    assert shared.client.get(here, headers=rep).status_code == 404
    whose = shared.services.people.find("rep-12")
    assert whose is not None
    shared.services.portfolios.assign(whose.id, "C-12", by=None)
    names = [one["name"] for one in told(shared.client.get(here, headers=rep))["facts"]]
    assert "lawsuits" not in names
    assert "credit_limit" in names
    assert shared.client.get("/v1/customers/C-12/facts/lawsuits", headers=rep).status_code == 404
    listed = told(shared.client.get("/v1/customers", headers=rep))
    assert [one["customer"] for one in listed["customers"]] == ["C-12"]


def test_goes_with_an_erasure(both: Service) -> None:
    file(both, "C-13", FILE)
    signal(both, "C-13", {"kind": "lawsuit", "date": today(both)})
    decide(both, "C-13")
    both.erase("C-13")
    assert both.get("/v1/customers/C-13/file").status_code == 404
    assert told(both.get("/v1/customers/C-13/signals"))["signals"] == []
    both.services.sequencer.drain()
    both.services.ties.check()
