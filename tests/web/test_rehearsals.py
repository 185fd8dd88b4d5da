"""A rehearsal ..."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from app.domain.audit import EntryKind
from app.domain.people import Role
from app.domain.requests import Caller
from app.services.comparing.rehearsed import Filters, manner
from tests.web.service import EXAMPLE, FACTS, Service, new_version, serving, told

PATH = "/v1/rulesets/payment-terms/versions/{}/rehearsal"
STRICT = new_version(EXAMPLE, "1.1.0", ("value: 90", "value: 60"), ("net_days: 90}", "net_days: 60}"))
REGION = "  region: {type: choice, values: [N, S], label: {en: Region, zh: 地区}}\n"
EXPOSURE = next(line for line in EXAMPLE.decode().splitlines(keepends=True) if "exposure:    " in line)
NARROW = new_version(
    EXAMPLE,
    "1.2.0",
    ("min: 0, max: 365", "min: 0, max: 100"),
    ("requested_net_days: 120", "requested_net_days: 95"),
    ("\nparameters:", f"{REGION}\nparameters:"),
    ("baseline: {", "baseline: {region: N, "),
)
WITHOUT = new_version(
    EXAMPLE,
    "1.3.0",
    (EXPOSURE, ""),
    ("(exposure + order_amount)", "order_amount"),
    ("exposure: 20_000.00, ", ""),
    ("{exposure: 95_000.00, ", "{order_amount: 150_000.00, "),
)
VERSIONS = {"1.1.0": STRICT, "1.2.0": NARROW, "1.3.0": WITHOUT}
OFFICER = Caller("officer", "credit-officer")


def rehearse(service: Service, version: str = "1.1.0", **asked: Any) -> Any:
    headers = asked.pop("headers", {})
    return service.post(PATH.format(version), json.dumps(asked).encode(), headers=headers)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Six decisions: two short terms, two of 75 days, one of 120, and one of an erased customer."""
    folder = tmp_path_factory.mktemp("rehearsals")
    with serving(folder) as service:
        terms = ((30, "A"), (45, "B"), (75, "A"), (75, "B"), (120, "A"), (75, "C"))
        for number, (days, grade) in enumerate(terms):
            facts = {**FACTS, "requested_net_days": days, "grade": grade}
            customer = "=1+1" if number == 2 else f"C-{number}"
            assert service.decide(facts, customer=customer, reference=f"SO-{number}").status_code == 201
        service.erase("C-5")
        for version, text in VERSIONS.items():
            (folder / "rulesets" / "payment-terms" / f"{version}.yaml").write_bytes(text)
        service.services.publishing.synchronise(folder / "rulesets", "operator")
    with serving(folder) as service:  # another process, which remembers no key of an erased customer
        yield service


def test_counts_who_flips_from_what_to_what_and_what_moves(filled: Service) -> None:
    made = told(rehearse(filled, by=["grade"]))
    assert made["counts"] == {
        "read": 6,
        "compared": 5,
        "same": 2,
        "flipped": 2,
        "changed": 1,
        "not_comparable": 0,
        "erased": 1,
        "left_out": 0,
    }
    assert made["against"] is None
    flows = {(one["from"], one["to"]): one["decisions"] for one in made["flows"]}
    assert flows == {("offer", "offer"): 2, ("offer", "counter"): 2, ("counter", "counter"): 1}
    (days,) = made["sums"]
    assert (days["name"], days["from"], days["to"], days["moved"]) == ("net_days", "315", "255", "-60")
    assert days["flipped"] == "150"
    (grades,) = made["segments"]
    assert [(one["value"], one["compared"], one["flipped"]) for one in grades["values"]] == [
        ("A", 3, 1),
        ("B", 2, 1),
    ]


def test_lists_each_with_what_changed(filled: Service) -> None:
    listed = {one["reference"]: one for one in told(rehearse(filled))["differing"]}
    assert set(listed) == {"SO-2", "SO-3", "SO-4"}
    flipped = listed["SO-3"]
    assert (flipped["customer"], flipped["from"], flipped["to"]) == ("C-3", "offer", "counter")
    assert flipped["reasons"] == {"from": [], "to": ["TERM_TOO_LONG"]}
    assert flipped["outputs"] == [{"name": "net_days", "from": 75, "to": 60}]
    assert told(filled.get(f"/v1/decisions/{flipped['id']}"))["reference"] == "SO-3"


def test_is_a_list_in_csv_that_no_spreadsheet_takes_for_formulas(filled: Service) -> None:
    answer = rehearse(filled, headers={"Accept": "text/csv"})
    assert answer.mimetype == "text/csv"
    rows = {row["reference"]: row for row in csv.DictReader(StringIO(answer.text))}
    assert rows["SO-2"]["customer"] == "'=1+1"
    assert (rows["SO-4"]["net_days_from"], rows["SO-4"]["net_days_to"]) == ("90", "60")
    assert (rows["SO-3"]["reasons_from"], rows["SO-3"]["reasons_to"]) == ("", "TERM_TOO_LONG")


def test_never_guesses_what_a_version_needs_or_does_not_know(filled: Service) -> None:
    made = told(rehearse(filled, "1.2.0"))
    assert made["counts"]["compared"] == 0
    reasons = {one["fact"]: (one["decisions"], one["example"]) for one in made["not_comparable"]}
    assert reasons["region"][0] == 5
    assert "is missing" in reasons["region"][1]
    assert reasons["requested_net_days"] == (
        1,
        "`requested_net_days` is 120, and the most it may be is 100 (1.2.0)",
    )
    (example, *_) = told(rehearse(filled, "1.3.0"))["not_comparable"]
    assert example == {
        "fact": "exposure",
        "decisions": 5,
        "example": "`exposure` is known, and 1.3.0 has no such fact",
    }


def test_may_be_narrowed_and_set_against_another_version(filled: Service) -> None:
    assert told(rehearse(filled, outcome="counter"))["counts"]["read"] == 1
    narrowed = told(rehearse(filled, where={"grade": ["B"]}))["counts"]
    assert (narrowed["compared"], narrowed["left_out"], narrowed["erased"]) == (2, 3, 1)
    assert told(rehearse(filled, until="2020-01-01"))["counts"]["read"] == 0
    against = told(rehearse(filled, "1.0.0", against="1.1.0"))
    assert against["against"]["version"] == "1.1.0"
    flows = {(one["from"], one["to"]): one["decisions"] for one in against["flows"]}
    assert flows[("counter", "offer")] == 2


def test_sums_what_is_asked_for(filled: Service) -> None:
    made = told(rehearse(filled, sum=["order_amount"]))
    (amount,) = made["sums"]
    assert (amount["from"], amount["moved"], amount["flipped"]) == ("50000.00", "0.00", "20000.00")


def test_is_no_decision_and_leaves_one_entry_without_anything_personal(filled: Service) -> None:
    before = len(told(filled.get("/v1/decisions"))["decisions"])
    entries = len(filled.services.store.decisions.entries())
    rehearse(filled, where={"grade": ["A"]})
    assert len(told(filled.get("/v1/decisions"))["decisions"]) == before
    assert len(filled.services.store.decisions.entries()) == entries + 1
    entry = filled.services.store.decisions.entries(EntryKind.REHEARSAL, limit=1000)[-1]
    clear = json.loads(entry.leaf)["clear"]
    actor = clear.pop("actor")
    assert len(bytes.fromhex(actor)) == 16
    digest = filled.services.policies.version("payment-terms", "1.1.0").ruleset.digest
    assert clear == {
        "policy": "payment-terms",
        "version": "1.1.0",
        "digest": digest,
        "against": None,
        "source": "decisions",
        "read": 6,
        "compared": 3,
        "flipped": 1,
        "changed": 1,
        "not_comparable": 0,
        "erased": 1,
        "cut": False,
        "role": "credit-officer",
    }
    assert b"grade" not in entry.leaf
    assert json.loads(filled.services.recorder.unsealed(entry))["where"] == {"grade": ["A"]}


def test_of_a_portfolio_has_the_version_in_force_as_its_baseline(filled: Service) -> None:
    lines = "".join(
        json.dumps({"id": f"row-{days}", "facts": {**FACTS, "requested_net_days": days}}) + "\n"
        for days in (30, 75, 400)
    )
    path = f"{PATH.format('1.1.0')}?by=grade"
    made = told(filled.post(path, lines.encode(), "application/x-ndjson"))
    assert (made["source"], made["against"]["version"]) == ("portfolio", "1.0.0")
    assert [(one["id"], one["from"], one["to"]) for one in made["differing"]] == [
        ("row-75", "offer", "counter")
    ]
    (unlike,) = made["unlike"]
    assert unlike["id"] == "row-400"
    rows = ["grade,credit_limit,exposure,order_amount,requested_net_days,prepayment,region"]
    rows += [f"A,100000,20000,10000,{days},30%,N" for days in (60, 75)]
    made = told(filled.post(PATH.format("1.2.0"), "\n".join([*rows, "A,1,1\n"]).encode(), "text/csv"))
    assert made["counts"]["compared"] == 2
    assert "the line has 3 cells" in made["not_comparable"][0]["example"]
    assert [one["id"] for one in made["unlike"]] == ["4"]


def test_goes_on_where_it_was_cut(filled: Service) -> None:
    ready = filled.services.policies.version("payment-terms", "1.1.0")
    how = manner(ready.ruleset, ready.ruleset, (), (), most=4)
    first = filled.services.rehearsing.decisions(ready, Filters(), how, OFFICER)
    assert (first.read, first.cut) == (4, True)
    assert first.next is not None
    rest = told(rehearse(filled, after=str(first.next)))
    assert (rest["counts"]["read"], rest["cut"], rest["next"]) == (2, False, None)


def test_runs_alone_and_another_is_told_to_come_again(filled: Service) -> None:
    ready = filled.services.policies.version("payment-terms", "1.1.0")
    how = manner(ready.ruleset, ready.ruleset, (), ())
    under_way, go_on = threading.Event(), threading.Event()

    def between() -> bool:
        under_way.set()
        return not go_on.wait(60)

    running = threading.Thread(
        target=lambda: filled.services.rehearsing.decisions(ready, Filters(), how, OFFICER, between=between)
    )
    running.start()
    try:
        assert under_way.wait(60)
        refused = rehearse(filled)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
    finally:
        go_on.set()
        running.join()
    assert rehearse(filled).status_code == 200


def test_that_is_stopped_is_told_in_the_log_all_the_same(filled: Service) -> None:
    ready = filled.services.policies.version("payment-terms", "1.1.0")
    how = manner(ready.ruleset, ready.ruleset, (), ())
    made = filled.services.rehearsing.decisions(ready, Filters(), how, OFFICER, between=lambda: True)
    assert (made.stopped, made.cut) == (True, True)
    entry = filled.services.store.decisions.entries(EntryKind.REHEARSAL, limit=1000)[-1]
    assert json.loads(entry.leaf)["clear"]["cut"] is True


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"by": ["order_amount"]}, "/by"),
        ({"sum": ["grade"]}, "/sum"),
        ({"where": {"order_amount": ["1"]}}, "/where"),
        ({"where": {"grade": ["Z"]}}, "/where/grade"),
        ({"since": "yesterday"}, "/since"),
        ({"after": "x"}, "/after"),
        ({"most": 5}, "/most"),
        ({"by": "grade"}, "/by"),
    ],
)
def test_says_what_it_cannot_be_asked(filled: Service, asked: dict[str, Any], pointer: str) -> None:
    answer = rehearse(filled, **asked)
    assert answer.status_code == 422
    assert [one["pointer"] for one in told(answer)["errors"]] == [pointer]


def test_is_for_officers_and_auditors(filled: Service) -> None:
    for role in Role:
        expected = 200 if role in (Role.CREDIT_OFFICER, Role.AUDITOR) else 403
        assert rehearse(filled, headers=filled.as_role(role)).status_code == expected, role


def test_of_a_version_that_is_not_there_is_not_found(filled: Service, tmp_path: Path) -> None:
    assert rehearse(filled, "9.9.9").status_code == 404
    assert rehearse(filled, against="9.9.9").status_code == 404
    assert filled.post(PATH.format("1.1.0"), b"{}", "text/plain").status_code == 415
