"""The roles in words."""

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
