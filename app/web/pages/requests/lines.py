"""One's own requests as lines: what was asked, how it came out, and what holds now.

A request that a person has to settle is open until somebody did; then what holds is their answer, until it
lapses. Days of the answer that are still to come (an offer's last, a limit's) are told by the ruleset's own
words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from app.domain.declarations import OutcomeKind
from app.domain.ruleset import Ruleset
from app.domain.values import Kind, Text
from app.services.assembly import Services
from app.services.recording import Wanted
from app.web.answers import identifier
from app.web.auth import own_view, principal
from app.web.pages.decisions.lines import KINDS
from app.web.pages.decisions.lines import lines as summaries
from app.web.pages.filters import Filters
from app.web.pages.formats import instant

LATEST = 30
SETTLED, SOON = timedelta(days=14), timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which of one's requests to show; empty is any. ``after`` is where the page begins."""

    policy: str = ""
    outcome_kind: str = ""
    customer: str = ""
    after: str = ""

    def address(self, after: str = "") -> str:
        """The address of a page of the same list."""
        asked = {name: getattr(self, name) for name in ("policy", "outcome_kind", "customer")} | {
            "after": after
        }
        return f"/requests?{urlencode({name: value for name, value in asked.items() if value})}"


class Day(NamedTuple):
    """A day that an answer names, and how the ruleset calls it."""

    label: Text
    day: date


class Line(NamedTuple):
    """A request: the summary of its decision, whether a person has to settle it, and what holds now.

    ``again`` is whether the same was asked anew since, as far as the page tells.
    """

    decision: Mapping[str, Any]
    waits: bool
    standing: Mapping[str, Any] | None
    days: Sequence[Day]
    again: bool = False


class Mine(NamedTuple):
    """A page of them; ``next`` is the address of the next one, empty on the last."""

    lines: Sequence[Line]
    next: str


def read(services: Services, filters: Filters) -> Sought:
    """What a query asks for; ``filters`` then say what of it is not understood, and was left out."""
    filters.one_of("policy", services.policies.names())
    filters.one_of("outcome_kind", KINDS)
    return Sought(**filters.meant)


def mine(services: Services, sought: Sought, visible_to: str | None, *, limit: int) -> Mine:
    """The requests of the reader, newest first; raises ``NotFound`` for a page that begins nowhere."""
    wanted = Wanted(
        policy=sought.policy or None,
        outcome_kind=sought.outcome_kind or None,
        customer=sought.customer or None,
        requested_by=str(principal().person.id),
        visible_to=visible_to,
    )
    after: UUID | None = identifier(sought.after) if sought.after else None
    found = services.auditing.opened(wanted, after=after, limit=limit, view=own_view())
    told = [_line(services, one) for one in summaries(services, found.decisions)]
    return Mine(_asked_again(told), sought.address(str(found.next)) if found.next else "")


class Needs(NamedTuple):
    """What of one's latest requests wants a look: settled by a person, not complete, about to lapse.

    ``asked`` are the customers for whom something was asked lately.
    """

    settled: Sequence[Line]
    missing: Sequence[Line]
    lapsing: Sequence[Line]
    waiting: int
    asked: frozenset[str | None]


def needs(services: Services, visible_to: str | None) -> Needs:
    """Of the latest requests of the reader; one that was asked anew since wants nothing any more."""
    now = services.deciding.now()
    today = services.customers.filing.today()
    latest: dict[tuple[str, str | None, str | None], Line] = {}
    for line in mine(services, Sought(), visible_to, limit=LATEST).lines:
        one = line.decision
        latest.setdefault((one["policy"], one["customer"], one["reference"]), line)
    lines = list(latest.values())
    return Needs(
        settled=[
            one for one in lines if one.standing and now - instant(one.standing["settled_at"]) <= SETTLED
        ],
        missing=[one for one in lines if one.decision["outcome_kind"] == OutcomeKind.INCOMPLETE],
        lapsing=[one for one in lines if _ends(one) and one.days and one.days[-1].day - today <= SOON],
        waiting=sum(one.waits for one in lines),
        asked=frozenset(
            one.decision["customer"] for one in lines if now - instant(one.decision["decided_at"]) <= SETTLED
        ),
    )


def _ends(one: Line) -> bool:
    """Whether it is an offer that can lapse: one that stands by the rules, or by a person's word."""
    kind = (one.standing or one.decision)["outcome_kind"]
    return not one.waits and kind in (OutcomeKind.FAVOURABLE, OutcomeKind.CONDITIONAL)


def _asked_again(lines: Sequence[Line]) -> list[Line]:
    """The same lines, newest first, with those marked that an earlier one of them stands for."""
    seen: set[tuple[str, str | None, str]] = set()
    marked = []
    for line in lines:
        one = line.decision
        same = (one["policy"], one["customer"], one["reference"]) if one["reference"] else None
        marked.append(line._replace(again=same in seen))
        if same is not None:
            seen.add(same)
    return marked


def _line(services: Services, one: Mapping[str, Any]) -> Line:
    ruleset = services.policies.by_digest(one["ruleset"]["digest"]).ruleset
    asks = one["outcome"] in ruleset.asks_a_person
    standing = services.settling.standing(UUID(one["id"]), own_view()) if asks else None
    waits = asks and standing is None and services.replacing.replaced_by(UUID(one["id"])) is None
    return Line(one, waits, standing, days(ruleset, one, services.customers.filing.today()))


def days(ruleset: Ruleset, one: Mapping[str, Any], today: date) -> list[Day]:
    """The days that an answer names and that have not passed, the next first."""
    named = [
        Day(output.label, date.fromisoformat(given))
        for name, given in one["outputs"].items()
        if given is not None and (output := ruleset.outputs[name]).type.kind is Kind.DATE
    ]
    return sorted((day for day in named if day.day >= today), key=lambda day: day.day)
