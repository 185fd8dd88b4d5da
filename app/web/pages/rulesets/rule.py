"""A rule by itself: what it says now, how often it applied and was overridden, and how its text changed.

A rule is known by its step and id, from version to version. Of the versions only those are told in which it
came, went, says something else, or names something that says something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import Any, NamedTuple

from flask import Blueprint, Response

from app.domain.access import Action
from app.domain.errors import Invalid, NotFound
from app.domain.rules import MatchStep, Rule
from app.domain.ruleset import Ruleset
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.decisions.usage import Week
from app.services.recording import Wanted
from app.web.answers import policy_name
from app.web.pages.answering import page, zone
from app.web.pages.language import N_, _
from app.web.pages.page import Page
from app.web.pages.rulesets import weeks
from app.web.pages.rulesets.versions import Names, in_force, state_said
from app.web.pages.rulesets.words import Words

PAGES = (Page("GET /rulesets/{policy}/rules/{step}/{rule}", Action.COUNT_OVERRIDES),)
NEWEST = 10
MOST_VERSIONS = 30
"""Of which the texts are held against each other, the newest."""
CAME, WENT = N_("It was added"), N_("It was taken out")
TEXT, NAMED = N_("Its text changed"), N_("Its text is the same, but what it names changed")


class Stand(NamedTuple):
    """The rule as one version has it: None where that version has no such rule."""

    version: RulesetVersion
    ruleset: Ruleset
    step: MatchStep | None
    rule: Rule | None
    text: str


class Change(NamedTuple):
    """What became of it in a version, with where it stands then."""

    what: str
    at: Stand


def routes(services: Services) -> Blueprint:
    """``/rulesets/<policy>/rules/<step>/<rule>``."""
    pages = Blueprint("rule", __name__, url_prefix="/rulesets/<policy>/rules/<step>/<rule>")

    @pages.get("")
    def show(policy: str, step: str, rule: str) -> Response:
        versions, name = services.versions.all(policy_name(policy)), f"{step}/{rule}"
        stands = list(_stands(services, versions, step, rule))
        now = _now(stands, in_force(versions))
        if now is None:
            raise NotFound(_("No version of %(policy)s has a rule %(rule)s.", policy=policy, rule=name))
        number, none = weeks.asked(), Counter[str]()
        use, names = services.usage.of(policy, number, zone()), Names(services)
        wanted = Wanted(policy=policy, rule=name, since=use.since)
        fired, overridden = use.fired, use.overridden
        counts = [
            (one, decided, fired.get(one, none)[name], overridden.get(one, none)[name])
            for one, decided in use.versions.items()
        ]
        shown = [(one.monday, one.outcomes.total(), _times(one, name)) for one in use.weeks]
        return page(
            "rulesets/rule.html",
            policy=policy,
            name=name,
            now=now,
            told=_said(now),
            changes=[_told(one, names) for one in reversed(list(_changes(stands)))],
            read=min(len(versions), MOST_VERSIONS),
            use=use,
            number=number,
            spans=weeks.SPANS,
            weeks=shown,
            bars=list(weeks.bars([[("", fired)] for _monday, _decided, fired in shown])),
            size=(weeks.WIDTH, weeks.HEIGHT),
            counts=counts,
            outcomes={one.id: one for one in now.ruleset.outcomes},
            newest=services.auditing.search(wanted, after=None, limit=NEWEST),
        )

    return pages


def _times(week: Week, name: str) -> int:
    """In how many decisions of a week it held, whatever version answered."""
    return sum(rules[name] for rules in week.fired.values())


def _stands(services: Services, versions: Sequence[RulesetVersion], step: str, rule: str) -> Iterator[Stand]:
    """The rule in every version whose text can be read, oldest first."""
    for version in versions[-MOST_VERSIONS:]:
        try:
            ruleset = services.policies.by_digest(version.digest).ruleset
        except Invalid:
            continue
        held = next((one for one in ruleset.match_steps if one.id == step), None)
        found = None if held is None else next((one for one in held.rules if one.id == rule), None)
        text = "" if found is None else written(services.versions.text(version).decode(), found.line)
        yield Stand(version, ruleset, held, found, text)


def _changes(stands: Sequence[Stand]) -> Iterator[Change]:
    before: Stand | None = None
    for one in stands:
        what = _became(before, one)
        if what:
            yield Change(what, one)
        before = one


def _became(before: Stand | None, one: Stand) -> str:
    if before is None or before.rule is None:
        return CAME if one.rule else ""
    if one.rule is None:
        return WENT
    if before.text != one.text:
        return TEXT
    return "" if _said(before) == _said(one) else NAMED


def _now(stands: Sequence[Stand], standing: RulesetVersion | None) -> Stand | None:
    """The rule as the version in force has it, else as the last that had it."""
    having = [one for one in stands if one.rule is not None]
    return next((one for one in having if one.version == standing), having[-1] if having else None)


def _said(one: Stand) -> dict[str, Any]:
    """The rule in words."""
    assert one.rule is not None
    assert one.step is not None
    words = Words(one.ruleset)
    return {
        "name": words.rule(one.rule, one.step),
        "when": list(words.conditions(one.rule)),
        "effects": list(words.effects(one.rule)),
        "points": one.rule.points,
    }


def _told(change: Change, names: Names) -> dict[str, Any]:
    version = change.at.version
    return {
        "what": change.what,
        "version": version,
        "state": state_said(version),
        "by": list(names.all(version.authors)),
        "line": None if change.at.rule is None else change.at.rule.line,
        "text": change.at.text,
        "said": None if change.at.rule is None else _said(change.at),
    }


def written(text: str, line: int) -> str:
    """The lines of the item that begins on ``line``: up to the next that is not set further in."""
    lines = text.split("\n")[line - 1 :]
    begin = _indent(lines[0])
    end = next((n for n, one in enumerate(lines) if n and one.strip() and _indent(one) <= begin), len(lines))
    return dedent("\n".join(lines[:end])).rstrip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
