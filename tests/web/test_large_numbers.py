"""Numbers as large as a request may have them ..."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from app.domain.values import MOST_WHOLE
from tests.every_kind import GIVEN, TEXT
from tests.web.service import Service, as_made, serving, told


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("numbers"), TEXT) as opened:
        yield opened


def decide(service: Service, **facts: Any) -> Any:
    answer = service.decide({**GIVEN, **facts}, policy="every-kind")
    assert answer.status_code == 201
    decision = told(answer)
    assert as_made(service.get(f"/v1/decisions/{decision['id']}")) == answer.data
    assert told(service.post(f"/v1/decisions/{decision['id']}/replay", b""))["result"] == "identical"
    assert service.get(f"/v1/decisions/{decision['id']}/explanation").status_code == 200
    return decision


def test_give_exact_results_while_there_is_room(service: Service) -> None:
    decision = decide(service, within=94_906_265, late=1, ratio="123456789012345.678", amount="1000000.00")
    assert decision["derived"]["span"] == 94_906_265**2
    heavy = 1_000_000 * Fraction("123456789012345.678") ** 3 / Fraction("0.5")
    assert Fraction(decision["derived"]["heavy"]) == round(heavy, 2)


@pytest.mark.parametrize("within", [MOST_WHOLE, -MOST_WHOLE, 94_906_266])
def test_give_unknown_beyond_what_json_can_say(service: Service, within: int) -> None:
    decision = decide(service, within=within, late=365)
    assert decision["derived"]["span"] is None
    (note,) = (one for one in decision["notes"] if one["name"] == "span")
    assert note == {"name": "span", "because": [], "unknown": True}


def test_give_unknown_beyond_eighty_digits(service: Service) -> None:
    assert (
        decide(service, ratio="123456789012345678901234567.891", amount="999999.97")["derived"]["heavy"]
        is None
    )


def test_divide_by_zero_into_unknown(service: Service) -> None:
    assert decide(service, share="0")["derived"]["heavy"] is None


def test_are_the_same_from_csv(service: Service) -> None:
    facts = {name: value for name, value in GIVEN.items() if name not in ("flags", "insured")}
    header = ",".join([*facts, "insured", "flags"])
    row = ",".join([*map(str, {**facts, "within": MOST_WHOLE}.values()), "yes", "MOVED"])
    over = row.replace(str(MOST_WHOLE), str(MOST_WHOLE + 1))
    body = "\n".join([header, row, over, row.replace(str(MOST_WHOLE), "9" * 31)]).encode()
    answer = service.post("/v1/policies/every-kind/decisions/batch", body, "text/csv")
    first, second, third = map(json.loads, answer.data.splitlines())
    assert first["decision"]["facts"]["within"] == MOST_WHOLE
    assert (second["problem"]["status"], third["problem"]["status"]) == (422, 422)
