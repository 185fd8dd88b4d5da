"""A version as its pages show it: where it stands, what can be done with it next, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from app.domain.lifecycle import State
from app.domain.moves import Move, is_open
from app.domain.people import Principal
from app.domain.versions import RulesetVersion
from app.services.assembly import Services
from app.web.pages.answering import may, site
from app.web.pages.language import N_, _

STATES = {
    State.DRAFT: N_("Draft"),
    State.SUBMITTED: N_("Waits for approval"),
    State.APPROVED: N_("Approved"),
    State.ACTIVE: N_("In force"),
    State.RETIRED: N_("Retired"),
}
KINDS = {
    State.DRAFT: "",
    State.SUBMITTED: "referral",
    State.APPROVED: "conditional",
    State.ACTIVE: "favourable",
    State.RETIRED: "",
}
"""The colours of states, as of outcomes."""
DONE = {
    Move.CREATE: N_("Drafted"),
    Move.EDIT: N_("Edited"),
    Move.SUBMIT: N_("Submitted"),
    Move.APPROVE: N_("Approved"),
    Move.RETURN: N_("Sent back"),
    Move.ACTIVATE: N_("Activated"),
    Move.ROLL_BACK: N_("Rolled back to it"),
    Move.WITHDRAW: N_("Activation withdrawn"),
    Move.RETIRE: N_("Retired"),
}


class Way(NamedTuple):
    """A move that can be made from where a version stands: its page, its button (and how that looks), and
    the action it takes."""

    move: Move
    place: str
    button: str
    action: str
    look: str = ""


WAYS = (
    Way(Move.EDIT, "edit", N_("Edit"), "editVersion"),
    Way(Move.SUBMIT, "submission", N_("Submit for approval"), "submitVersion", "main"),
    Way(Move.APPROVE, "approval", N_("Approve"), "approveVersion", "main"),
    Way(Move.RETURN, "return", N_("Send back"), "returnVersion"),
    Way(Move.ACTIVATE, "activation", N_("Activate"), "activateVersion", "main"),
    Way(Move.ROLL_BACK, "activation", N_("Roll back to it"), "activateVersion"),
    Way(Move.WITHDRAW, "withdrawal", N_("Withdraw the activation"), "withdrawActivation"),
    Way(Move.RETIRE, "retirement", N_("Retire"), "retireVersion", "danger"),
)


def ways(version: RulesetVersion, reader: Principal) -> list[Way]:
    """What the reader may do with it next; nobody is offered to approve what they wrote."""
    barred = {Move.APPROVE} if reader.id in version.authors else set()
    return [
        one
        for one in WAYS
        if one.move not in barred
        and f"/rulesets/{{policy}}/{{version}}/{one.place}" in site().paths
        and is_open(version, one.move)
        and may(one.action)
    ]


def state_said(version: RulesetVersion) -> str:
    """Where it stands; an approved one that was activated for a later day is planned."""
    return _("Planned") if version.scheduled_for is not None else _(STATES[version.state])


def in_force(versions: Iterable[RulesetVersion]) -> RulesetVersion | None:
    """The one that answers now."""
    return next((one for one in versions if one.state is State.ACTIVE), None)


def story(services: Services, policy: str, versions: Iterable[str]) -> list[dict[str, Any]]:
    """What was done to these versions, by whom and why, latest first."""
    names = Names(services)
    found = [
        {
            "version": version,
            "done": DONE[one.move],
            "at": one.event.at,
            "by": names(one.event.by),
            "comment": one.comment,
            "erased": one.erased,
            "effective_from": one.event.effective_from,
            "made_from": one.made_from,
            "acknowledged": one.acknowledged,
            "digest": one.event.digest,
            "id": one.event.id,
        }
        for version in versions
        for one in services.versions.history(policy, version)
    ]
    return sorted(found, key=lambda one: one["id"], reverse=True)


class Names:
    """The names behind ids of the log, each looked up once; what is no person's id stands for itself."""

    def __init__(self, services: Services) -> None:
        self._people = services.people
        self._known: dict[str, str] = {}

    def __call__(self, who: str) -> str:
        if who not in self._known:
            person = self._people.find(who)
            self._known[who] = who if person is None else person.name
        return self._known[who]

    def all(self, several: Iterable[str]) -> Iterator[str]:
        """Several of them."""
        return map(self, sorted(several))
