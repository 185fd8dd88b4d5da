"""What is sensitive never reaches who may not see it, by any call and in any representation ...

The calls come from the table of operations, the facts from the shipped rulesets: a new call
or a new sensitive fact is looked at here without anybody adding a line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app.domain.access import SCOPES, View, view
from app.domain.errors import Invalid
from app.domain.people import Role
from app.domain.requests import Caller, DecisionRequest
from app.domain.ruleset import Ruleset
from app.domain.values import Kind
from app.web.api.operations import OPERATIONS, Operation
from app.web.limits import Limits
from schemas.facts import FactReader
from schemas.json_values import json_values
from schemas.ruleset import load
from tests import people
from tests.web.service import ROOT, Service, serving, told

TEXTS = [
    path.read_bytes()
    for path in sorted((ROOT / "rulesets").glob("*/*.yaml"))
    if b"sensitive: yes" in path.read_bytes()
]
NUMBERS = (Kind.MONEY, Kind.NUMBER, Kind.PERCENT, Kind.DAYS)
TELL = {"decide", "decideBatch", "simulate", "readDecision", "explain", "rehearse"}
TELL |= {"listReferrals", "readReferral", "replay", "findAlternatives"}
"""Calls that may tell what is sensitive, to those who see decisions in full."""
MOST_CASES = 2


@dataclass
class Secrets:
    """One policy with what is sensitive of it: values that stand for themselves, names, and texts."""

    ruleset: Ruleset
    facts: dict[str, Any]
    values: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """Facts and outputs that are sensitive, as JSON writes a name."""
        facts, outputs = self.ruleset.facts, self.ruleset.outputs
        hidden = [name for name, one in facts.items() if one.sensitive]
        hidden += [name for name, one in outputs.items() if one.sensitive]
        return {f'"{name}"' for name in hidden}

    @property
    def texts(self) -> set[str]:
        """The beginnings of reasons that are sensitive, and their codes."""
        hidden = self.ruleset.sensitive_reasons
        said = [self.ruleset.reasons[code] for code in hidden]
        return {part.partition("{")[0] for one in said for part in (one.en, one.zh)} | set(hidden)


def marked(ruleset: Ruleset) -> Secrets:
    """Facts of which every sensitive one has a value that nothing else has, where its type allows one."""
    reader, facts, marks = FactReader(ruleset), json_values(ruleset.baseline), set[str]()
    number = count(7)
    for name, spec in ruleset.facts.items():
        if not spec.sensitive:
            continue
        for mark in _marks(spec.type.kind, next(number)):
            with suppress(Invalid):
                reader.read({**facts, name: mark})
                facts[name] = mark
                marks.add(str(mark))
                break
    return Secrets(ruleset, facts, marks)


def _marks(kind: Kind, number: int) -> Iterator[Any]:
    if kind in NUMBERS:
        yield f"{7_310_041 + 1009 * number}.{13 + number}"
        yield f"{7_310_041 + 1009 * number}"
        yield f"0.0731{41 + number}"
    elif kind is Kind.DATE:
        yield f"2026-11-{number % 28 + 1:02}"
        yield f"2027-03-{number % 28 + 1:02}"


@dataclass
class Company:
    """A service with somebody in each role, a representative's customer, and decisions about it."""

    service: Service
    secrets: list[Secrets]
    headers: Mapping[Role, dict[str, str]]

    def answers(self, one: Operation) -> Iterator[tuple[Role, Secrets, str]]:
        """Whatever a call answers to those who may not see all of it, in every representation."""
        for found in self.secrets if "{" in one.path else self.secrets[:1]:
            for id in found.ids if "{id}" in one.path else [""]:
                path = one.path.replace("{policy}", found.ruleset.policy).replace("{id}", id)
                path = re.sub(r"{version}", found.ruleset.version, path)
                path = re.sub(r"{[a-z]+}", "C-1", path)
                for role, headers in self.headers.items():
                    if _sees_all(one, role) or (role is not Role.SALES and id not in [*found.ids[:1], ""]):
                        continue
                    for given in _representations(one):
                        answer = self._asked(one, path, found, {**headers, **given.headers}, given)
                        yield role, found, text_of(answer)

    def _asked(
        self, one: Operation, path: str, found: Secrets, headers: dict[str, str], given: Representation
    ) -> TestResponse:
        version = found.ruleset.version
        query = {"from": version, "to": version} if one.id in ("compareRulesets", "proveComparison") else {}
        body = None if one.method == "get" else b"{}"
        return self.service.client.open(
            path,
            method=one.method.upper(),
            headers=headers,
            query_string={**query, **given.query},
            data=body,
            content_type=None if body is None else "application/json",
        )


@dataclass(frozen=True)
class Representation:
    """One way of asking for the same."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)


def _representations(one: Operation) -> Iterator[Representation]:
    yield Representation()
    for media in one.also:
        yield Representation({"Accept": media})
    known = {given["name"]: given["schema"] for given in one.parameters if given["in"] == "query"}
    for name in ("lang", "format"):
        for value in known.get(name, {}).get("enum", ()):
            yield Representation(query={name: value})


def text_of(answer: TestResponse) -> str:
    """What an answer says; of a PDF, what a reader sees."""
    if answer.mimetype == "application/pdf":
        return "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    text: str = answer.data.decode(errors="replace")
    return text


def asks(one: Operation) -> bool:
    """Whether a call reads, or answers what it was asked: what a key could do, too."""
    return not one.open and one.method in ("get", "post") and SCOPES[one.action] is not None


def _sees_all(one: Operation, role: Role) -> bool:
    """Whether nothing is hidden from that role there: a decision in full, or a ruleset's own text."""
    in_full = view(role) is View.FULL
    return in_full and (one.id in TELL or (one.path.startswith("/v1/rulesets/") and one.id != "rehearse"))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    hours = count(0, 3600)
    limits = Limits(lambda: next(hours))
    with serving(tmp_path_factory.mktemp("masking"), *TEXTS, limits=limits) as service:
        services = service.services
        staff = {role: people.person(services, f"the-{role}", role) for role in Role}
        rep = staff[Role.SALES]
        services.portfolios.assign(rep.id, "C-1", by=None)
        officer = Caller(str(staff[Role.CREDIT_OFFICER].id), "credit-officer", may_give_any=True)
        theirs = Caller(str(rep.id), "sales", may_give_any=True, own_customers=True, view=View.SALES)
        secrets = [marked(load(text)) for text in TEXTS]
        for found in secrets:
            policy = found.ruleset.policy
            cases = [json_values(case.given) for case in found.ruleset.cases[: MOST_CASES - 1]]
            for place, given in enumerate([{}, *cases]):
                facts = {**found.facts, **{name: value for name, value in given.items() if place}}
                request = DecisionRequest(facts, customer="C-1", reference=f"R-{place}")
                with suppress(Invalid):
                    caller = theirs if place == 1 else officer
                    found.ids.append(str(services.deciding.decide(policy, request, caller).id))
            (first, *_) = found.ids
            whole = told(service.get(f"/v1/decisions/{first}"))
            found.values |= set(_distinct(found.ruleset, whole))
        services.sequencer.drain()
        headers = {role: people.bearer(people.session(services, one)) for role, one in staff.items()}
        yield Company(service, secrets, headers)


def _distinct(ruleset: Ruleset, whole: Mapping[str, Any]) -> Iterator[str]:
    """Values of sensitive outputs that nobody could take for another one's."""
    open_values = {
        str(value)
        for part, known in (("outputs", ruleset.outputs), ("facts", ruleset.facts))
        for name, value in whole[part].items()
        if name in known and not known[name].sensitive
    }
    for name, value in whole["outputs"].items():
        if ruleset.outputs[name].sensitive and isinstance(value, str) and value not in open_values:
            with suppress(ArithmeticError):
                number = Decimal(value)
                if len(number.as_tuple().digits) >= 6 and len(number.normalize().as_tuple().digits) >= 2:
                    yield value


def test_marks_enough_to_mean_something(company: Company) -> None:
    assert len(company.secrets) >= 4
    assert sum(len(found.values) for found in company.secrets) >= 10
    assert sum(len(found.ids) for found in company.secrets) >= 8
    for found in company.secrets:
        full = company.service.get(f"/v1/decisions/{found.ids[0]}").data.decode()
        assert all(value in full for value in found.values)
    assert len([one for one in OPERATIONS if asks(one)]) >= 25


def test_is_told_by_few_calls_and_never_to_sales(company: Company, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    leaks, answers = set(), 0
    for one in filter(asks, OPERATIONS):
        for role, found, text in company.answers(one):
            answers += 1
            hidden = set().union(*(each.values for each in company.secrets))
            if role is Role.SALES:
                hidden |= found.names | found.texts
            leaks |= {f"{one.id} tells {role}: {each}" for each in hidden if each in text}
    assert leaks == set()
    assert answers > 300
    assert not [value for found in company.secrets for value in found.values if value in caplog.text]


def test_is_not_told_to_sales_on_whose_behalf_a_key_asks(company: Company) -> None:
    for found in company.secrets:
        policy = found.ruleset.policy
        theirs = {name: found.ruleset.facts[name].given_by or ("file",) for name in found.facts}
        facts = {
            name: found.facts[name] for name, by in theirs.items() if {"sales", "file"} & {*map(str, by)}
        }
        body = {"facts": facts, "customer": "C-1", "on_behalf_of": "the-sales"}
        line = json.dumps(body).encode()
        for path in ("decisions", "decisions/batch", "simulations"):
            media = "application/x-ndjson" if path.endswith("batch") else "application/json"
            answer = company.service.post(f"/v1/policies/{policy}/{path}", line, media)
            assert answer.status_code in (200, 201), answer.text
            assert '"outcome"' in answer.text
            hidden = found.values | found.names | found.texts
            assert not [each for each in hidden if each in answer.text]


def test_stays_out_of_the_export_and_of_every_leaf(company: Company) -> None:
    services = company.service.services
    export = b"".join(services.exporting.lines()).decode()
    leaves = "".join(
        placed.entry.leaf.decode()
        for placed in services.store.tree.placed(0, services.exporting.size())
        if placed.entry is not None
    )
    assert len(leaves) > 10_000
    for found in company.secrets:
        for value in found.values:
            assert value not in leaves
            assert value not in export
            assert value.encode().hex() not in export
