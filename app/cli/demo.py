"""The demonstration: the shipped rulesets in an empty store, and a portfolio of made-up decisions to look at.

Everything is made from what the rulesets themselves say, so no policy is named
here. Names are numbers (C-1001), because the people and firms do not exist.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import orjson

from app.analysis.variations import Variations
from app.cli import demo_books, demo_people, demo_work
from app.domain.errors import TermwiseError
from app.domain.requests import Caller, DecisionRequest
from app.domain.ruleset import Ruleset
from app.domain.values import Values
from app.services.assembly import Services
from app.services.decisions.deciding import Item
from app.services.recording import Wanted
from schemas.json_values import json_values

SEED = 20260115
DECISIONS = 240
FIRST_CUSTOMER, CUSTOMERS = 1001, 80
QUARTER = 91
CHANGES = 3
NONE_PUBLISHED = "none; PUBLISHED lists no file as it stands (termwise rulesets publish-list)"
WIDEST_BODY = 450
"""Characters that a suggested request may have; wider ones are no pleasure to read in a terminal."""


def load(services: Services, operator: Caller, decisions: int = DECISIONS) -> Iterator[str]:
    """Bootstrap an empty store, load the portfolio into one without decisions; says what was done.

    ``decisions`` is about how many, shared out among the policies.
    """
    if not services.policies.names():
        done = services.publishing.synchronise(services.settings.rulesets, operator.name, bootstrap=True)
        yield f"Rulesets in force: {', '.join(done.activated) or NONE_PUBLISHED}"
    rulesets = active(services)
    yield from demo_people.load(services, rulesets, customers()[: demo_people.PORTFOLIO])
    if services.auditing.search(Wanted(), after=None, limit=1).decisions:
        return
    made = sum(
        _decided(services, ruleset, operator, max(1, decisions // len(rulesets))) for ruleset in rulesets
    )
    last = FIRST_CUSTOMER + CUSTOMERS - 1
    yield f"Demo portfolio: {made} made-up decisions on customers C-{FIRST_CUSTOMER} to C-{last}"
    yield demo_books.load(services, rulesets, customers())
    yield from demo_work.load(services, rulesets, customers()[: demo_people.PORTFOLIO])


def customers() -> list[str]:
    """The made-up customers of the portfolio."""
    return [f"C-{FIRST_CUSTOMER + place}" for place in range(CUSTOMERS)]


def active(services: Services) -> list[Ruleset]:
    """The rulesets that answer now, by policy."""
    now = services.deciding.now()
    return [
        services.policies.in_force(name, now).ruleset
        for name in services.policies.names()
        if services.policies.is_active(name, now)
    ]


def _decided(services: Services, ruleset: Ruleset, operator: Caller, number: int) -> int:
    items = [Item(request) for request in requests(ruleset, services.deciding.now().date(), number)]
    answers = services.deciding.decide_many(ruleset.policy, items, operator)
    return sum(not isinstance(answer, TermwiseError) for answer in answers)


def requests(ruleset: Ruleset, today: date, number: int) -> list[DecisionRequest]:
    """Made-up requests of the quarter before ``today``, oldest first; equal days give equal requests."""
    chance = Random(f"{SEED} {ruleset.policy}")
    variations = Variations(ruleset, chance)
    days = sorted(today - timedelta(chance.randrange(QUARTER)) for _ in range(number))
    initials = "".join(word[0] for word in ruleset.policy.split("-")).upper()
    return [
        DecisionRequest(
            facts=_given(variations.near(day, CHANGES)),
            customer=f"C-{FIRST_CUSTOMER + chance.randrange(CUSTOMERS)}",
            reference=f"{initials}-{FIRST_CUSTOMER + place}",
            as_of=day,
        )
        for place, day in enumerate(days)
    ]


def suggestion(services: Services, url: str, key: str | None = None) -> str:
    """What to try once the server answers: a request that can be pasted, and where answers can be read.

    With the demo ``key``, it stands on a line of its own, ready for a shell, and who may sign in as what.
    """
    lines = [f"Termwise serves on {url}   (Ctrl-C stops it): open it in a browser, or ask from a shell.", ""]
    rulesets = active(services)
    if not rulesets:
        return "\n".join(
            [*lines, "No ruleset is in force yet: termwise rulesets sync --bootstrap, or serve --demo."]
        )
    if key is None:
        lines += ["Callers need a key: termwise keys create LOGIN; people come from termwise people create."]
    else:
        lines += [*demo_people.who(url), "", "A key of demo-officer with every scope; paste this line first:"]
        lines += [f"TERMWISE_KEY={key}"]
    ruleset = _readable(rulesets)
    decisions = f"{url}/v1/policies/{ruleset.policy}/decisions"
    body = _body(ruleset, services.deciding.now().date())
    curl = 'curl -s -H "Authorization: Bearer $TERMWISE_KEY"'
    lines += [
        f"Ask for a decision ({ruleset.title.en}):",
        f"  {curl} {decisions} -H 'Content-Type: application/json' -d {shlex.quote(body)}",
        "Read back, where ID is the `id` of the answer:",
        f"  {curl} {url}/v1/decisions/ID                        # with every rule that fired",
        f"  {curl} '{url}/v1/decisions/ID/explanation?lang=zh'  # every rule, fired or not, and why",
        f"  {curl} -X POST {url}/v1/decisions/ID/replay         # the same facts again",
        "Look around:",
        f"  {curl} '{url}/v1/decisions?limit=5'                 # the latest decisions",
        f"  {curl} {url}/v1/policies                            # the {len(rulesets)} policies",
        f"  curl -s {url}/openapi.json                           # the whole interface",
    ]
    return "\n".join(lines)


def _readable(rulesets: list[Ruleset]) -> Ruleset:
    """The ruleset with the most rules among those whose request still fits a terminal."""
    short = [one for one in rulesets if len(orjson.dumps(_given(one.baseline))) <= WIDEST_BODY]
    if short:
        return max(short, key=lambda one: one.rule_count)
    return min(rulesets, key=lambda one: len(orjson.dumps(_given(one.baseline))))


def _body(ruleset: Ruleset, today: date) -> str:
    moved = today - ruleset.baseline_as_of
    told = {**ruleset.baseline, **_telling(ruleset)}
    facts = {name: value + moved if isinstance(value, date) else value for name, value in told.items()}
    body = {
        "facts": _given(facts),
        "customer": f"C-{FIRST_CUSTOMER}",
        "reference": "TRY-1",
        "as_of": today.isoformat(),
    }
    return orjson.dumps(body).decode()


def _telling(ruleset: Ruleset) -> Values:
    """What the first case with something to say differs in from the baseline."""
    for case in ruleset.cases:
        if case.as_of == ruleset.baseline_as_of and case.outcome not in (None, ruleset.otherwise):
            return case.given
    return {}


def _given(facts: Any) -> dict[str, Any]:
    """Facts as a request carries them: what is unknown is left out."""
    return {name: value for name, value in json_values(facts).items() if value is not None}
