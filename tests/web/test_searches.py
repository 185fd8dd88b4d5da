"""A search for decisions ..."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import people
from tests.web.service import EXAMPLE, FACTS, Service, serving, told

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIBLING = EXAMPLE.replace(b"policy: payment-terms", b"policy: sibling-terms")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, shared_database_url: str) -> Iterator[Service]:
    """Six decisions, a minute apart, which every test only reads."""
    clock, folder = [START], tmp_path_factory.mktemp("service")
    with serving(folder, EXAMPLE, SIBLING, database_url=shared_database_url, now=lambda: clock[0]) as opened:
        desks = [
            people.key(opened.services, people.person(opened.services, f"desk-{number}"))
            for number in range(3)
        ]
        for number in range(6):
            clock[0] = START + timedelta(minutes=number)
            opened.decide(
                {**FACTS, "grade": "A" if number % 2 else None},
                policy="sibling-terms" if number == 5 else "payment-terms",
                customer=f"客户 {number // 2}",
                reference=f"SO-{number}",
                headers=people.bearer(desks[number % 3]),
            )
        yield opened


def found(service: Service, **query: str) -> list[Any]:
    return list(told(service.get("/v1/decisions", **query))["decisions"])


def numbers(decisions: list[Any]) -> list[int]:
    """Which of the six these are, by their minute."""
    return [int(one["decided_at"][14:16]) for one in decisions]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [5, 4, 3, 2, 1, 0]),
        ({"policy": "sibling-terms"}, [5]),
        ({"policy": "nothing"}, []),
        ({"version": "1.0.0"}, [5, 4, 3, 2, 1, 0]),
        ({"outcome": "counter"}, [5, 3, 1]),
        ({"outcome_kind": "referral"}, [4, 2, 0]),
        ({"customer": "客户 1"}, [3, 2]),
        ({"customer": "客户"}, []),
        ({"reference": "SO-4"}, [4]),
        ({"requested_by": "desk-0"}, [3, 0]),
        ({"rule": "safeguards/grade-unknown"}, [4, 2, 0]),
        ({"rule": "grade-unknown"}, []),
        ({"reason": "TERM_TOO_LONG"}, [5, 4, 3, 2, 1, 0]),
        ({"reason": "TERM_TOO"}, []),
        ({"reason": "FILE_INCOMPLETE", "customer": "客户 0"}, [0]),
        ({"since": "2026-11-21T12:03:00Z"}, [5, 4, 3]),
        ({"until": "2026-11-21T12:03:00"}, [2, 1, 0]),
        ({"since": "2026-11-21T20:02:00+08:00", "until": "2026-11-21T12:04Z"}, [3, 2]),
        ({"since": "2026-11-21"}, [5, 4, 3, 2, 1, 0]),
        ({"since": "2026-11-22"}, []),
        ({"limit": "2"}, [5, 4]),
    ],
)  # fmt: skip
def test_finds_by_what_stands_in_the_clear(
    service: Service, query: dict[str, str], expected: list[int]
) -> None:
    assert numbers(found(service, **query)) == expected


def test_goes_through_pages_by_cursor_and_link(service: Service) -> None:
    seen: list[int] = []
    following: str | None = "/v1/decisions?limit=2&customer=%E5%AE%A2%E6%88%B7+1"
    following = "/v1/decisions?limit=4&version=1.0.0"
    pages = 0
    while following is not None:
        page = service.client.get(following)
        body = told(page)
        seen += numbers(body["decisions"])
        pages += 1
        assert ("Link" in page.headers) == (body["next"] is not None)
        following = (
            page.headers["Link"].removeprefix("<").removesuffix('>; rel="next"') if body["next"] else None
        )
        assert following is None or f"after={body['next']}" in following
    assert (seen, pages) == ([5, 4, 3, 2, 1, 0], 2)


def test_keeps_its_words_in_the_link(service: Service) -> None:
    page = service.get("/v1/decisions", customer="客户 1", limit="1")
    link = page.headers["Link"].removeprefix("<").removesuffix('>; rel="next"')
    assert link.startswith("/v1/decisions?customer=%E5%AE%A2%E6%88%B7+1&limit=1&after=")
    assert numbers(told(service.client.get(link))["decisions"]) == [2]


def test_shows_no_fact_and_no_name(service: Service) -> None:
    page = service.get("/v1/decisions").text
    assert "客户" not in page
    assert "100000.00" not in page
