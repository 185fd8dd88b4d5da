"""Who may do what: one table of action x role x reach, and what a key needs for each action.

Nothing is allowed that is not written here. An action is one call of the HTTP
interface, under its ``operationId``; the application is not built while a call has
no row. How far a role reaches is settled inside the query, not after it: what is out
of reach is answered exactly like what does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.domain.actions import Action as Action
from app.domain.people import Principal, Role, Scope


class Reach(StrEnum):
    """How far a role reaches with an action.

    OWN is what was asked by or for that person, and what is about a customer assigned to them.
    """

    NONE = "none"
    OWN = "own"
    ALL = "all"


class View(StrEnum):
    """How much of a decision is told: all of it, or what a representative may know of it."""

    FULL = "full"
    SALES = "sales"


OPEN = frozenset({Action.HEALTHZ, Action.READYZ, Action.READ_DOCUMENT, Action.SIGN_IN})
"""What anyone may call without signing in. Everything else needs a row of ``TABLE``."""

_NO, _OWN, _ALL = Reach.NONE, Reach.OWN, Reach.ALL
_COLUMNS = (Role.SALES, Role.CREDIT_OFFICER, Role.FINANCE, Role.LEGAL, Role.AUDITOR, Role.ADMINISTRATOR)

# fmt: off
_ROWS: Mapping[Action, tuple[tuple[Reach, ...], Scope | None]] = {
    # the scope is what a key needs; None: never with a key
    # action                      sales officer finance legal auditor administrator
    Action.METRICS:              ((_NO,  _NO,  _NO,  _NO,  _ALL, _ALL), Scope.READ),
    Action.LIST_POLICIES:        ((_ALL, _ALL, _ALL, _ALL, _ALL, _ALL), Scope.READ),
    Action.READ_POLICY:          ((_ALL, _ALL, _ALL, _ALL, _ALL, _ALL), Scope.READ),
    Action.READ_POLICY_DOCUMENT: ((_ALL, _ALL, _ALL, _ALL, _ALL, _ALL), Scope.READ),
    Action.DECIDE:               ((_ALL, _ALL, _ALL, _ALL, _NO,  _NO),  Scope.DECIDE),
    Action.DECIDE_BATCH:         ((_ALL, _ALL, _ALL, _ALL, _NO,  _NO),  Scope.DECIDE),
    Action.SIMULATE:             ((_OWN, _ALL, _NO,  _NO,  _ALL, _NO),  Scope.READ),
    Action.SEARCH_DECISIONS:     ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_DECISION:        ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.EXPLAIN:              ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.FIND_ALTERNATIVES:    ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.REPLAY:               ((_NO,  _ALL, _NO,  _NO,  _ALL, _NO),  Scope.READ),
    Action.READ_LETTERS:         ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.GIVE_STATEMENT:       ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.COMPARE_RULESETS:     ((_NO,  _ALL, _NO,  _NO,  _ALL, _ALL), Scope.READ),
    Action.PROVE_COMPARISON:     ((_NO,  _ALL, _NO,  _NO,  _ALL, _NO),  Scope.READ),
    Action.REHEARSE:             ((_NO,  _ALL, _NO,  _NO,  _ALL, _NO),  Scope.READ),
    # what changes a ruleset: in person only, and what bears on what is in force, after a fresh sign-in
    Action.LIST_VERSIONS:        ((_NO,  _ALL, _NO,  _NO,  _ALL, _ALL), Scope.READ),
    Action.READ_VERSION:         ((_NO,  _ALL, _NO,  _NO,  _ALL, _ALL), Scope.READ),
    Action.READ_VERSION_HISTORY: ((_NO,  _ALL, _NO,  _NO,  _ALL, _ALL), Scope.READ),
    Action.EXPORT_TABLES:        ((_NO,  _ALL, _NO,  _NO,  _ALL, _ALL), Scope.READ),
    Action.CHECK_VERSION:        ((_NO,  _ALL, _NO,  _NO,  _ALL, _NO),  Scope.READ),
    Action.READ_CASES:           ((_NO,  _ALL, _NO,  _NO,  _ALL, _NO),  Scope.READ),
    Action.CREATE_VERSION:       ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.EDIT_VERSION:         ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.IMPORT_TABLES:        ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.SUBMIT_VERSION:       ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.APPROVE_VERSION:      ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.RETURN_VERSION:       ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.ACTIVATE_VERSION:     ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.WITHDRAW_ACTIVATION:  ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    Action.RETIRE_VERSION:       ((_NO,  _ALL, _NO,  _NO,  _NO,  _NO),  None),
    # people: in person only; own means oneself
    Action.SIGN_OUT:             ((_ALL, _ALL, _ALL, _ALL, _ALL, _ALL), None),
    Action.READ_ME:              ((_ALL, _ALL, _ALL, _ALL, _ALL, _ALL), Scope.READ),
    Action.LIST_PEOPLE:          ((_NO,  _ALL, _NO,  _NO,  _ALL, _ALL), None),
    Action.CREATE_PERSON:        ((_NO,  _NO,  _NO,  _NO,  _NO,  _ALL), None),
    Action.READ_PERSON:          ((_OWN, _ALL, _OWN, _OWN, _ALL, _ALL), None),
    Action.CHANGE_PERSON:        ((_NO,  _NO,  _NO,  _NO,  _NO,  _ALL), None),
    Action.SET_PASSWORD:         ((_OWN, _OWN, _OWN, _OWN, _OWN, _ALL), None),
    Action.SET_AUTHORITY:        ((_NO,  _NO,  _NO,  _NO,  _NO,  _ALL), None),
    Action.REMOVE_AUTHORITY:     ((_NO,  _NO,  _NO,  _NO,  _NO,  _ALL), None),
    Action.LIST_CUSTOMERS:       ((_OWN, _ALL, _NO,  _NO,  _ALL, _ALL), None),
    Action.ASSIGN_CUSTOMER:      ((_NO,  _NO,  _NO,  _NO,  _NO,  _ALL), None),
    Action.UNASSIGN_CUSTOMER:    ((_NO,  _NO,  _NO,  _NO,  _NO,  _ALL), None),
    Action.LIST_KEYS:            ((_OWN, _OWN, _OWN, _OWN, _ALL, _ALL), None),
    Action.CREATE_KEY:           ((_NO,  _NO,  _NO,  _NO,  _NO,  _ALL), None),
    Action.REVOKE_KEY:           ((_OWN, _OWN, _OWN, _OWN, _OWN, _ALL), None),
    # referrals: finance and legal reach those of the policies in which they hold an authority
    Action.LIST_REFERRALS:       ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_REFERRAL:        ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.SETTLE_REFERRAL:      ((_NO,  _ALL, _ALL, _ALL, _NO,  _NO),  None),
    Action.COUNT_OVERRIDES:      ((_NO,  _ALL, _NO,  _NO,  _ALL, _NO),  Scope.READ),
    Action.FOLLOW_EVENTS:        ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    # keeping: in person only, and what lets things go, after a fresh sign-in
    Action.ERASE_CUSTOMER:       ((_NO,  _NO,  _NO,  _ALL, _NO,  _NO),  None),
    Action.READ_HOLD:            ((_NO,  _NO,  _NO,  _ALL, _ALL, _NO),  Scope.READ),
    Action.PLACE_HOLD:           ((_NO,  _NO,  _NO,  _ALL, _NO,  _NO),  None),
    Action.RELEASE_HOLD:         ((_NO,  _NO,  _NO,  _ALL, _NO,  _NO),  None),
    Action.READ_RETENTION:       ((_NO,  _NO,  _NO,  _ALL, _ALL, _ALL), Scope.READ),
    Action.SET_RETENTION:        ((_NO,  _NO,  _NO,  _ALL, _NO,  _NO),  None),
    # the customer file: who files it, and who reads it; sales without what is sensitive
    Action.LIST_FILE_FACTS:      ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.FILE_FACTS:           ((_NO,  _ALL, _ALL, _NO,  _NO,  _NO),  Scope.FILING),
    Action.IMPORT_CUSTOMERS:     ((_NO,  _ALL, _ALL, _NO,  _NO,  _NO),  Scope.FILING),
    Action.LIST_FILED_CUSTOMERS: ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_FILE:            ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_FACT_HISTORY:    ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.FILE_SIGNALS:         ((_NO,  _ALL, _ALL, _NO,  _NO,  _NO),  Scope.FILING),
    Action.LIST_SIGNALS:         ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.IMPORT_SIGNALS:       ((_NO,  _ALL, _ALL, _NO,  _NO,  _NO),  Scope.FILING),
    Action.LIST_IMPORTS:         ((_NO,  _ALL, _ALL, _NO,  _ALL, _NO),  Scope.READ),
    Action.READ_IMPORT:          ((_NO,  _ALL, _ALL, _NO,  _ALL, _NO),  Scope.READ),
    # receivables: who brings documents, and who reads what is measured on them; sales only what is left of
    # their own customers' limits
    Action.IMPORT_RECEIVABLES:   ((_NO,  _ALL, _ALL, _NO,  _NO,  _NO),  Scope.FILING),
    Action.READ_HEADROOM:        ((_OWN, _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_RECEIVABLES:     ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.REPORT_RECEIVABLES:   ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.STRESS_RECEIVABLES:   ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    # runs of the day: begun from the shell
    Action.LIST_RUNS:            ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_RUN:             ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_RUN_WORKLIST:    ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    # the log: a leaf names the rules that held, which sales are not told; a checkpoint tells nothing
    Action.READ_PROOF:           ((_NO,  _ALL, _ALL, _ALL, _ALL, _NO),  Scope.READ),
    Action.READ_CHECKPOINT:      ((_ALL, _ALL, _ALL, _ALL, _ALL, _ALL), Scope.READ),
    Action.LIST_AUDIT_ENTRIES:   ((_NO,  _NO,  _NO,  _NO,  _ALL, _NO),  Scope.READ),
    Action.EXPORT_LOG:           ((_NO,  _NO,  _NO,  _NO,  _ALL, _NO),  Scope.READ),
}
# fmt: on

TABLE: Mapping[Action, Mapping[Role, Reach]] = {
    action: dict(zip(_COLUMNS, reaches, strict=True)) for action, (reaches, _) in _ROWS.items()
}
"""How far each role reaches with each action."""

SCOPES: Mapping[Action, Scope | None] = {action: scope for action, (_, scope) in _ROWS.items()}
"""The scope that a key needs; None: never with a key."""

FRESH: frozenset[Action] = frozenset(
    {
        Action.APPROVE_VERSION,
        Action.ACTIVATE_VERSION,
        Action.WITHDRAW_ACTIVATION,
        Action.RETIRE_VERSION,
        Action.CREATE_PERSON,
        Action.CHANGE_PERSON,
        Action.SET_AUTHORITY,
        Action.CREATE_KEY,
        Action.ERASE_CUSTOMER,
        Action.RELEASE_HOLD,
        Action.SET_RETENTION,
    }
)
"""What needs a person who gave the password a short while ago: ``FRESH_MINUTES``."""

FRESH_MINUTES = 10
ANY_VERSION = frozenset({Role.CREDIT_OFFICER, Role.AUDITOR})
"""Who may name a version or ``ruleset_as_of`` in a simulation; everyone else gets what is in force."""
SEES_REPEATS = frozenset({Role.CREDIT_OFFICER, Role.AUDITOR})
"""Who is shown that the same was asked before with other facts."""
_IN_FULL = frozenset(Role) - {Role.SALES}


def reach(action: Action, principal: Principal) -> Reach:
    """How far ``principal`` reaches with ``action``: the role's reach; of a key, only with its scope."""
    key = principal.key
    if key is not None:
        needed = SCOPES[action]
        if needed is None or needed not in key.scopes:
            return Reach.NONE
    return TABLE[action][principal.person.role]


def view(*roles: Role) -> View:
    """The view of these roles together: the narrowest of any."""
    return View.FULL if all(role in _IN_FULL for role in roles) else View.SALES
