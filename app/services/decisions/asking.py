"""Who asks what: a principal becomes a caller, and what is not that caller's to ask is refused.

A key may ask on behalf of a person. The decision is then theirs: facts are checked
against their role, their reach limits it, and the answer tells no more than either
of the two may see. Who owns the key stands beside it in the record.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.domain.access import ANY_VERSION, TABLE, Action, Reach, View, view
from app.domain.errors import Invalid, Problem, Refused
from app.domain.messages import told
from app.domain.people import Person, Principal, Scope
from app.domain.requests import Caller, DecisionRequest


def caller_of(
    principal: Principal,
    action: Action,
    on_behalf_of: str | None = None,
    *,
    find: Callable[[str], Person | None],
) -> Caller:
    """The caller that ``principal`` is for ``action``, or that the person is on whose behalf it asks.

    ``find`` gives the active person of a login or id. Raises ``Refused`` without the scope or where the
    action is not that person's, ``Invalid`` for a person who is not known.
    """
    scopes = principal.key.scopes if principal.key is not None else frozenset()
    person, roles = principal.person, {principal.role}
    if on_behalf_of is not None:
        person = _represented(scopes, on_behalf_of, find)
        roles.add(person.role)
    reach = TABLE[action][person.role]
    if reach is Reach.NONE:
        message = told(
            "This is not for the role {role}, on whose behalf it is asked.", role=told(person.role)
        )
        raise Refused(message)
    return Caller(
        name=str(person.id),
        role=str(person.role),
        asked_by=None if on_behalf_of is None else principal.id,
        gives_file=Scope.FILE in scopes,
        backdate=Scope.BACKDATE in scopes,
        any_version=roles <= ANY_VERSION,
        own_customers=reach is Reach.OWN,
        view=view(*roles),
    )


def _represented(scopes: frozenset[Scope], on_behalf_of: str, find: Callable[[str], Person | None]) -> Person:
    if Scope.ON_BEHALF not in scopes:
        message = told(
            "`on_behalf_of` takes a key with the scope {scope}; else leave it out", scope=Scope.ON_BEHALF
        )
        problem = Problem(message, "/on_behalf_of", code=Scope.ON_BEHALF)
        raise Refused("Asking on behalf of others is not allowed here.", [problem])
    person = find(on_behalf_of)
    if person is None:
        message = "`on_behalf_of` is the login or id of an active person, and there is none of that name"
        raise Invalid("The request cannot be accepted.", [Problem(message, "/on_behalf_of")])
    return person


def check_decision(request: DecisionRequest, caller: Caller, today: date) -> None:
    """Refuse a day other than today without the scope, and ``on_behalf_of`` where nobody looked it up."""
    if request.as_of not in (None, today) and not caller.backdate:
        message = told(
            "`as_of` is another day than today, {today}, and that takes a key with the scope "
            "{scope}; leave it out, or simulate",
            today=today.isoformat(),
            scope=Scope.BACKDATE,
        )
        raise Refused(
            "A decision as of another day is not allowed here.",
            [Problem(message, "/as_of", code=Scope.BACKDATE)],
        )
    if request.on_behalf_of is not None and caller.asked_by is None:
        message = "`on_behalf_of` is for keys that ask over HTTP; leave it out"
        raise Refused("Asking on behalf of others is not allowed here.", [Problem(message, "/on_behalf_of")])


def check_reach(
    request: DecisionRequest,
    caller: Caller,
    knows: Callable[[str], bool],
    is_assigned: Callable[[str, str], bool],
) -> None:
    """Refuse sales a customer that the file ``knows`` and that is not theirs: what is filed would answer.

    Of whom nothing is filed anybody may ask: that is how a new customer begins.
    """
    if caller.view is not View.SALES or request.customer is None:
        return
    if not is_assigned(caller.name, request.customer) and knows(request.customer):
        raise _not_yours()


def check_simulation(
    request: DecisionRequest, caller: Caller, is_assigned: Callable[[str, str], bool]
) -> None:
    """Refuse a version to those who get what is in force, and a customer to those who have their own."""
    for name in ("version", "ruleset_as_of"):
        if getattr(request, name) is not None and not caller.any_version:
            message = told(
                "`{name}` is for credit officers and auditors; leave it out to ask the rules in force",
                name=name,
            )
            raise Refused(
                "Another version is not yours to ask.", [Problem(message, f"/{name}", code="not-yours")]
            )
    if request.version is not None and request.ruleset_as_of is not None:
        message = "`ruleset_as_of` and `version` both say which rules to ask: give one of them"
        raise Invalid("The request cannot be accepted.", [Problem(message, "/ruleset_as_of")])
    if not caller.own_customers:
        return
    if request.customer is None:
        message = "`customer` is needed: name the customer of yours that this is about"
        raise Invalid("The request cannot be accepted.", [Problem(message, "/customer")])
    if not is_assigned(caller.name, request.customer):
        raise _not_yours()


def _not_yours() -> Refused:
    message = "`customer` is none of yours; ask about customers that are assigned to you"
    return Refused(
        "The customer is not yours to ask about.", [Problem(message, "/customer", code="not-yours")]
    )
