"""The roles in words, and to whom letters go."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.people import Role
from app.web.pages.language import N_

ROLES: Mapping[str, str] = {
    Role.SALES.value: N_("sales"),
    Role.CREDIT_OFFICER.value: N_("credit officer"),
    Role.FINANCE.value: N_("finance"),
    Role.LEGAL.value: N_("legal"),
    Role.AUDITOR.value: N_("auditor"),
    Role.ADMINISTRATOR.value: N_("administrator"),
}
"""By the value of the role; said by ``_(...)``."""

RECIPIENTS: Mapping[str, str] = {
    **ROLES,
    "customer": N_("the customer"),
    "insurer": N_("the credit insurer"),
    "agency": N_("the collection agency"),
}
"""By the recipient that a ruleset names in a letter; the roles are recipients, too."""
