"""Who is calling. Every view asks here and nowhere else.

Sign-in and keys are not built yet. Until they are, the service listens on
loopback only, every caller is its operator, and ``Termwise-Role`` and
``Termwise-Caller`` let a program that stands in front of people say for whom it
asks: facts are then checked against that role's rights.
"""

from __future__ import annotations

import re

from flask import request

from app.domain.errors import Invalid, Problem
from app.domain.requests import Caller

ROLES = ("sales", "credit-officer", "finance", "legal", "auditor", "administrator", "file")
OPERATOR = Caller("operator", "file", may_give_any=True)
_NAME = re.compile(r"[\w.@:+-]{1,100}")


def caller() -> Caller:
    """The caller of the present request; raises ``Invalid`` for a role or name that cannot be."""
    role = request.headers.get("Termwise-Role")
    name = request.headers.get("Termwise-Caller", OPERATOR.name)
    if not _NAME.fullmatch(name):
        raise Invalid(
            "The caller cannot be read.", [Problem("`Termwise-Caller` takes letters, digits and . @ : + - _")]
        )
    if role is None:
        return Caller(name, OPERATOR.role, may_give_any=True)
    if role not in ROLES:
        raise Invalid("The role is not known.", [Problem(f"`Termwise-Role` is one of {', '.join(ROLES)}")])
    return Caller(name, role)
