"""Work for the demonstration: whoever signs in finds something of theirs to look after.

The representative asked for terms; one referral was settled as the rules propose, and one milder. A version
waits for approval, a run of the day found whose turn it is, and a key is about to end. All is made from
what rulesets and services themselves say, so no policy is named here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from app.analysis.variations import Variations
from app.cli import demo_people
from app.domain.access import View
from app.domain.errors import NotFound, TermwiseError
from app.domain.people import Principal, Role, Scope
from app.domain.referrals import ResolutionRequest
from app.domain.requests import Caller, DecisionRequest
from app.domain.ruleset import Ruleset
from app.services.assembly import Services
from app.services.decisions.deciding import Item
from app.services.rulesets.releasing import Asked
from schemas.json_values import json_values
from schemas.statements import addresses_customers

SEED = 20260221
DAYS_AGO = (0, 18, 1, 17, 0, 16, 2, 0)
"""On which day each request was made; offers of more than two weeks ago are about to lapse."""
CHANGES, LOOKED_AT = 2, 50
KEY, KEY_DAYS = "Spreadsheet of the branch", 9
NOTE = "Demonstration: known for years, and pays on time."
COMMENT = "Only the title is another, so that there is something to compare."


def load(services: Services, rulesets: list[Ruleset], customers: list[str]) -> Iterator[str]:
    """Make the work, where there are demo people; says what was done."""
    asking = services.people.find(demo_people.SALES)
    officers = [services.people.find(login) for login in (demo_people.OFFICER, demo_people.SECOND_OFFICER)]
    if asking is None or None in officers:
        return
    first, second = (Principal(one) for one in officers if one is not None)
    caller = Caller(str(asking.id), str(Role.SALES), backdate=True, view=View.SALES)
    asked = [id for one in rulesets for id in _asked(services, one, caller, customers)]
    settled = _settled(services, map(str, asked), [first, second], milder=False)
    waiting = (str(one["decision"]) for one in services.worklist.waiting(first, limit=LOOKED_AT).mine)
    settled += _settled(services, waiting, [first], milder=True)
    submitted = _submitted(services, second, min(rulesets, key=lambda one: one.rule_count))
    ran = [name for name in islice(services.runs.kinds, 1) if _ran(services, name)]
    services.api_keys.create(first.person.id, KEY, frozenset({Scope.READ}), by=None, days=KEY_DAYS)
    yield (
        f"Demo work: {len(asked)} requests of the representative, {settled} settled by a person;"
        f" {submitted} waits for approval; run of the day: {', '.join(ran) or 'none'}"
    )


def _asked(services: Services, ruleset: Ruleset, caller: Caller, customers: list[str]) -> Iterator[UUID]:
    """Requests that sales bargain over, a customer each; the last asks the first one's anew."""
    mine = {name for name, one in ruleset.facts.items() if not one.given_by or Role.SALES in one.given_by}
    if not addresses_customers(ruleset) or not any(ruleset.facts[name].changeable for name in mine):
        return
    today = services.customers.filing.today()
    variations = Variations(ruleset, Random(f"{SEED} {ruleset.policy}"))
    again = len(DAYS_AGO) - 1
    items = []
    for place, ago in enumerate(DAYS_AGO):
        day, which = today - timedelta(ago), place % again
        facts = {name: value for name, value in variations.near(day, CHANGES).items() if name in mine}
        request = DecisionRequest(_known(facts), customers[which], f"OFFER-{which + 1}", day)
        items.append(Item(request))
    for answer in services.deciding.decide_many(ruleset.policy, items, caller):
        if not isinstance(answer, TermwiseError) and answer.id is not None:
            yield answer.id


def _settled(services: Services, ids: Iterable[str], officers: list[Principal], *, milder: bool) -> int:
    """Settle the first of these that an officer may settle so; how many that is."""
    for id in map(UUID, ids):
        for officer in officers:
            try:
                one = services.worklist.one(id, officer)
            except NotFound:  # it asks for nobody
                break
            outcome = _outcome(services, id, one, milder=milder) if one["may_settle"] else None
            if outcome is not None:
                reason = next(iter(one["reasons_to_give"]))
                services.settling.settle(id, ResolutionRequest(outcome, reason, note=NOTE), officer)
                return 1
    return 0


def _outcome(services: Services, id: UUID, one: dict[str, Any], *, milder: bool) -> str | None:
    """With which outcome to settle it: the rules' own, or the mildest that is milder; None for none."""
    needing = {outcome for term in one["terms"].values() for outcome in term["needed_with"]}
    severity = services.auditing.ruleset(id).severities
    fit = [each["outcome"] for each in one["settle_with"] if each["outcome"] not in needing]
    ruled = one["ruled"]
    if ruled is None:
        return None
    wanted = [each for each in fit if (severity[each] < severity[ruled] if milder else each == ruled)]
    return wanted[0] if wanted else None


def _submitted(services: Services, officer: Principal, ruleset: Ruleset) -> str:
    """A version of a policy with another title, submitted by ``officer``; its name."""
    *front, last = ruleset.version.split(".")
    policy, version = ruleset.policy, ".".join([*front, str(int(last) + 1)])
    draft = services.drafting.create(officer, policy, version, source=ruleset.version)
    text = services.versions.text(draft).decode()
    changed = text.replace(ruleset.title.en, f"{ruleset.title.en} (revised)", 1)
    services.drafting.edit(officer, policy, version, changed.encode(), seen=None)
    services.releasing.submit(Asked(officer, policy, version), COMMENT)
    return f"{policy} {version}"


def _ran(services: Services, name: str) -> bool:
    """Run that kind of run for today, where its policy answers."""
    policy = services.runs.kinds[name].policy
    if policy not in services.policies.names() or not services.policies.is_active(
        policy, services.deciding.now()
    ):
        return False
    run = services.runs.begin(name, services.runs.today(), by=None)
    services.runs.go(run, 1, lambda done, total: None, lambda: False)
    return True


def _known(facts: Any) -> dict[str, Any]:
    """Facts as a request carries them: what is unknown is left out."""
    return {name: value for name, value in json_values(facts).items() if value is not None}
