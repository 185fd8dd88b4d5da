"""The guard: no request reaches its view before it is known who asks, and that they may.

Deny by default. Each route has an operation and a row in ``app.domain.access``, or the
application is not built; what is not open to anyone needs a principal whose role, and
whose key's scope, reaches that far. A path that does not exist is 404 for everybody,
and OPTIONS is answered nowhere, so that neither tells anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Flask, g, request

from app.domain.access import FRESH, SCOPES, TABLE, Action, Reach, reach
from app.domain.errors import Problem, Refused, Unauthenticated
from app.domain.messages import told
from app.domain.people import DEMO_PREFIX, Person, Principal
from app.services.assembly import Services
from app.web.api.operations import OPERATIONS, Operation
from app.web.cookies import session_token
from app.web.limits import Limits
from app.web.pages.page import Page
from app.web.pages.site import PAGES
from app.web.signing_in_again import SigningInAgain

CSRF = "Termwise-CSRF"
_SAFE = frozenset(("GET", "HEAD"))
_BEARER = "bearer "
_CONVERTED = re.compile(r"<(?:path:)?(\w+)>")
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


class Call(NamedTuple):
    """What the guard needs to know of one route and method."""

    action: Action
    open: bool
    fresh: bool
    safe: bool
    most: int | None
    """How many bytes a form of a page may have; None for a call of the interface."""


class Guard:
    """Finds the principal of a request and refuses what is not theirs to do.

    ``everyone_is`` takes every request for that principal's and checks nothing: for measuring what the guard
    costs, and reached by no setting.
    """

    def __init__(self, services: Services, limits: Limits, everyone_is: Principal | None = None) -> None:
        self._signing_in = services.signing_in
        self._people = services.people
        self._settings = services.settings
        self._again = SigningInAgain(services)
        self.limits = limits
        self._everyone_is = everyone_is
        self._calls: Mapping[tuple[str, str], Call] = {}

    def register(self, app: Flask) -> None:
        """Stand before every view of ``app``; call it after all routes are there.

        Raises ``RuntimeError`` for a route without an operation, or an operation without a row.
        """
        self._calls = calls(app, (*OPERATIONS, *PAGES))
        app.before_request(self._check)
        app.after_request(self._again.give)

    def person(self, named: str) -> Person | None:
        """The person of that login or id for whom may be asked: active, and no demonstration's elsewhere."""
        found = self._people.find(named)
        if found is None or not found.active:
            return None
        return None if found.login.startswith(DEMO_PREFIX) and not self._settings.demo_allowed else found

    def _check(self) -> None:
        if request.url_rule is None:
            return  # 404 or 405, which the error handlers answer
        g.guard = self
        call = self._calls[request.url_rule.endpoint, request.method]
        if call.most is not None:
            request.max_content_length = request.max_form_memory_size = call.most
        if self._everyone_is is not None:
            g.principal, g.action, g.reach = self._everyone_is, call.action, Reach.ALL
            return
        if call.open or (call.action is Action.METRICS and _from_this_machine()):
            if not call.safe:
                _check_same_origin()
            return
        g.action, g.principal = call.action, self._principal(call)
        self.limits.take("person" if g.principal.key is None else "key", g.principal.id)
        g.reach = self._reach(call, g.principal)
        if call.fresh:
            g.principal = self._again.fresh(g.principal, by_form=call.most is not None and not call.safe)

    def _principal(self, call: Call) -> Principal:
        given = request.headers.get("Authorization")
        if given is not None:
            if given[: len(_BEARER)].lower() != _BEARER:
                raise Unauthenticated("Send Authorization: Bearer, and a key or the token of a session.")
            return self._signing_in.principal(given[len(_BEARER) :].strip())
        token = session_token(self._settings)
        if token is None:
            raise Unauthenticated("Sign in, or send a key: Authorization: Bearer KEY.")
        principal = self._signing_in.principal_of_session(token)
        if not call.safe:
            _check_same_origin()
            if not self._signing_in.csrf_matches(token, _csrf(call)):
                message = told(
                    "Send the session's `csrf` as {header}: the cookie alone proves nothing.", header=CSRF
                )
                raise _refused(message, "csrf")
        return principal

    def _reach(self, call: Call, principal: Principal) -> Reach:
        found = reach(call.action, principal)
        if found is Reach.NONE:
            raise _not_theirs(call.action, principal)
        return found


def calls(app: Flask, operations: Iterable[Operation | Page]) -> dict[tuple[str, str], Call]:
    """Every route and method of ``app`` with its call; raises ``RuntimeError`` where one is not said."""
    known = {(one.path, one.method.upper()): one for one in operations}
    found: dict[tuple[str, str], Call] = {}
    for rule in app.url_map.iter_rules():
        path = _CONVERTED.sub(r"{\1}", rule.rule)
        for method in rule.methods or ():
            operation = known.get((path, "GET" if method == "HEAD" else method))
            if operation is None:
                where = "app.web.api.operations, or in the PAGES of its section"
                raise RuntimeError(f"{method} {path} has no operation: say it in {where}")
            found[rule.endpoint, method] = _call(operation, method)
    return found


def _call(operation: Operation | Page, method: str) -> Call:
    try:
        action = operation.action
    except ValueError:
        raise RuntimeError(f"{operation.id} is no action: say it in app.domain.access") from None
    if not operation.open and (action not in TABLE or action not in SCOPES):
        raise RuntimeError(f"{operation.id} has no row in app.domain.access: say who may call it")
    most = operation.most if isinstance(operation, Page) else None
    return Call(action, operation.open, action in FRESH, method in _SAFE, most)


def _csrf(call: Call) -> str:
    """What shows that one of our own pages asks: a header, or in the form of a page the field ``csrf``."""
    given = request.headers.get(CSRF)
    if given is None and call.most is not None:
        given = request.form.get("csrf")
    return given or ""


def _not_theirs(action: Action, principal: Principal) -> Refused:
    if TABLE[action][principal.role] is Reach.NONE:
        return _refused(told("This is not for the role {role}.", role=told(principal.role)), "role")
    scope = SCOPES[action]
    if scope is None:
        return _refused("This is never done with a key: sign in.", "key")
    return _refused(told("The key has not the scope `{scope}`, which this needs.", scope=scope), "scope")


def _refused(message: str, code: str) -> Refused:
    return Refused(message, [Problem(message, code=code)])


def _check_same_origin() -> None:
    """Refuse what a page of another site let the browser send; programs send neither header."""
    headers = request.headers
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site not in (None, "same-origin", "none") or (origin is not None and not _is_ours(origin)):
        raise _refused("This was sent by a page of another site.", "cross-site")


def _is_ours(origin: str) -> bool:
    """Whether it names the host that was asked; its scheme is the proxy's affair."""
    try:
        return urlsplit(origin).netloc.lower() == request.host.lower()
    except ValueError:
        return False


def _from_this_machine() -> bool:
    """Whether nothing lies between: what a proxy on this machine passes on comes from elsewhere."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
