"""Rulesets to read: the policies, the versions of one, and a version in words.

A draft may be saved that does not load. Then the pages that need it read say what is wrong with the text,
which itself can always be seen.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from app.domain.access import Action
from app.domain.errors import Invalid
from app.domain.lifecycle import State
from app.domain.people import Principal
from app.domain.requests import FILE
from app.domain.ruleset import Ruleset
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.services.policies import Ready
from app.web.answers import policy_name
from app.web.auth import principal
from app.web.pages.answering import may, page
from app.web.pages.language import N_
from app.web.pages.page import Page
from app.web.pages.roles import RECIPIENTS, ROLES
from app.web.pages.rulesets.steps import steps, together
from app.web.pages.rulesets.versions import Names, in_force, state_said, story, ways
from app.web.pages.rulesets.words import HIT_POLICIES, KINDS, Words

_ONE = "/rulesets/{policy}/{version}"
PAGES = (
    Page("GET /rulesets", Action.LIST_VERSIONS),
    Page("GET /rulesets/{policy}", Action.READ_VERSION_HISTORY),
    Page(f"GET {_ONE}", Action.READ_VERSION),
    Page(f"GET {_ONE}/facts", Action.READ_VERSION),
    Page(f"GET {_ONE}/rules", Action.READ_VERSION),
    Page(f"GET {_ONE}/history", Action.READ_VERSION_HISTORY),
)
_GIVERS = {**ROLES, FILE: N_("customer file")}


class Opened(NamedTuple):
    """A version with its ruleset, or with what is wrong with a text that does not load."""

    version: RulesetVersion
    ready: Ready | None
    fault: Invalid | None = None

    @property
    def ruleset(self) -> Ruleset | None:
        """What it says, where it can be read."""
        return None if self.ready is None else self.ready.ruleset


def opened(services: Services, policy: str, version: str) -> Opened:
    """A version as it stands now; raises ``NotFound``."""
    found = services.versions.one(policy_name(policy), version)
    try:
        return Opened(found, services.policies.by_digest(found.digest))
    except Invalid as error:
        return Opened(found, None, error)


def heading(one: Opened, here: str = "") -> dict[str, Any]:
    """What the head of every page of a version needs; ``here`` is the part that is shown."""
    ruleset = one.ruleset
    return {
        "version": one.version,
        "base": f"/rulesets/{one.version.policy}/{one.version.version}",
        "ruleset": ruleset,
        "fault": one.fault,
        "title": one.version.policy if ruleset is None else ruleset.title,
        "part": here,
        "state": state_said(one.version),
        "ways": ways(one.version, principal()),
    }


def routes(services: Services) -> Blueprint:
    """``/rulesets`` and everything that is read under it."""
    pages = Blueprint("reading", __name__, url_prefix="/rulesets")
    at = "/<policy>/<version>"

    @pages.get("")
    def list_policies() -> Response:
        reader = principal()
        found = [_policy(services, name, reader) for name in services.policies.names()]
        return page("rulesets/list.html", policies=found)

    @pages.get("/<policy>")
    def show_policy(policy: str) -> Response:
        versions = services.versions.all(policy_name(policy))
        names, reader = Names(services), principal()
        return page(
            "rulesets/policy.html",
            policy=policy,
            title=_title(services, policy, versions),
            in_force=in_force(versions),
            versions=[_line(one, names, reader) for one in reversed(versions)],
            story=story(services, policy, [one.version for one in versions]),
        )

    @pages.get(at)
    def show(policy: str, version: str) -> Response:
        one = opened(services, policy, version)
        authors = list(Names(services).all(one.version.authors))
        words = None if one.ruleset is None else Words(one.ruleset)
        return page(
            "rulesets/version.html",
            **heading(one, "overview"),
            authors=authors,
            words=words,
            recipients=RECIPIENTS,
        )

    @pages.get(f"{at}/facts")
    def show_facts(policy: str, version: str) -> Response:
        one = opened(services, policy, version)
        return page("rulesets/facts.html", **heading(one, "facts"), kinds=KINDS, givers=_GIVERS)

    @pages.get(f"{at}/rules")
    def show_rules(policy: str, version: str) -> Response:
        one, asked = opened(services, policy, version), request.args
        wanted, only, first = asked.get("find", "")[:100].strip(), asked.get("step"), asked.get("from")
        found, following = [], None
        if one.ruleset is not None and (wanted or only):
            found = list(steps(one.ruleset, wanted, only))
        elif one.ruleset is not None:
            found, following = together(one.ruleset, first)
        return page(
            "rulesets/rules.html",
            **heading(one, "rules"),
            steps=found,
            find=wanted,
            first=only or first,
            next=following,
            policies=HIT_POLICIES,
            counts=may("countOverrides"),
        )

    @pages.get(f"{at}/history")
    def show_history(policy: str, version: str) -> Response:
        one = opened(services, policy, version)
        told = story(services, policy, [one.version.version])
        return page("rulesets/history.html", **heading(one, "history"), story=told)

    return pages


def _policy(services: Services, policy: str, reader: Principal) -> dict[str, Any]:
    """A policy with what answers now, and what is under way."""
    versions = services.versions.all(policy)
    return {
        "policy": policy,
        "title": _title(services, policy, versions),
        "in_force": in_force(versions),
        "drafts": [one for one in versions if one.state is State.DRAFT],
        "submitted": [one for one in versions if one.state is State.SUBMITTED],
        "mine": [one for one in versions if one.state is State.SUBMITTED and _waits_for(one, reader)],
        "approved": [one for one in versions if one.state is State.APPROVED],
    }


def _waits_for(version: RulesetVersion, reader: Principal) -> bool:
    return may("approveVersion") and reader.id not in version.authors


def _title(services: Services, policy: str, versions: tuple[RulesetVersion, ...]) -> Any:
    """What the policy is called: by the version in force, else by the newest that loads."""
    standing = in_force(versions)
    for one in (*([standing] if standing else []), *reversed(versions)):
        try:
            return services.policies.by_digest(one.digest).ruleset.title
        except Invalid:
            continue
    return policy


def _line(version: RulesetVersion, names: Names, reader: Principal) -> dict[str, Any]:
    return {
        "version": version,
        "state": state_said(version),
        "by": names(version.last.by),
        "ways": ways(version, reader),
    }


def whole(text: str | None) -> int:
    """A whole number of an address, 0 for what is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 9 else 0
