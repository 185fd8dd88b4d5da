"""The same customer and reference asked again with other facts ..."""

from __future__ import annotations

from typing import Any

from app.domain.people import Role
from tests import people
from tests.web.service import FACTS, Service, told


def read(service: Service, answer: Any, role: Role | None = None) -> Any:
    headers = service.as_role(role) if role else {}
    return told(service.client.get(answer.headers["Location"], headers=headers))


def found(service: Service, **query: str) -> list[str]:
    return [one["id"] for one in told(service.get("/v1/decisions", repeated="yes", **query))["decisions"]]


def test_is_shown_with_the_names_of_the_facts_and_what_was_answered(everywhere: Service) -> None:
    about = {"customer": "C-1", "reference": "SO-1"}
    first = everywhere.decide(**about)
    second = everywhere.decide({**FACTS, "requested_net_days": 60, "prepayment": "0.30"}, **about)
    third = everywhere.decide({**FACTS, "requested_net_days": 60, "prepayment": "0.30"}, **about)
    everywhere.decide({**FACTS, "grade": "E"}, customer="C-1", reference="SO-2")
    assert "asked_before" not in read(everywhere, first)
    for later in (second, third):
        (before,) = read(everywhere, later)["asked_before"]
        assert before["id"] == told(first)["id"]
        assert before["outcome"] == told(first)["outcome"] == "counter"
        assert before["differing"] == ["requested_net_days", "prepayment"]
    assert set(found(everywhere)) == {told(one)["id"] for one in (second, third)}


def test_is_shown_to_officers_and_auditors_only(shared: Service) -> None:
    about = {"customer": "C-3", "reference": "SO-3"}
    shared.decide(**about)
    again = shared.decide({**FACTS, "grade": "C"}, **about)
    rep = people.person(shared.services, "some-sales", Role.SALES)
    shared.services.portfolios.assign(rep.id, "C-3", by=None)
    for role in (Role.SALES, Role.FINANCE, Role.LEGAL):
        assert "asked_before" not in read(shared, again, role)
        refused = shared.client.get("/v1/decisions?repeated=yes", headers=shared.as_role(role))
        assert refused.status_code == 403
    for role in (Role.CREDIT_OFFICER, Role.AUDITOR):
        assert read(shared, again, role)["asked_before"]
    assert shared.get("/v1/decisions", repeated="no").status_code == 422


def test_needs_both_names_to_be_the_same(shared: Service) -> None:
    answers = [
        shared.decide({**FACTS, "grade": grade}, **about)
        for about in ({"customer": "C-4"}, {"reference": "SO-4"}, {})
        for grade in ("A", "B")
    ]
    assert not {told(one)["id"] for one in answers} & set(found(shared))
    assert all("asked_before" not in read(shared, one) for one in answers)


def test_is_found_page_by_page(service: Service) -> None:
    wanted = []
    for number in range(7):
        about = {"customer": f"C-{number % 3}", "reference": "SO-5"}
        answer = service.decide({**FACTS, "requested_net_days": 30 + number}, **about)
        service.decide({**FACTS, "requested_net_days": 30 + number}, customer="C-9", reference=f"SO-{number}")
        if number >= 3:
            wanted.append(told(answer)["id"])
    pages, query = [], "/v1/decisions?repeated=yes&limit=2"
    while query:
        page = service.client.get(query)
        pages.append([one["id"] for one in told(page)["decisions"]])
        query = (
            page.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
            if "Link" in page.headers
            else ""
        )
    assert [id for page in pages for id in page] == wanted[::-1]
    assert [len(page) for page in pages] in ([2, 2], [2, 2, 0])
