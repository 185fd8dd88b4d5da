"""What a caller asks, and who the caller is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``role`` says which facts may be given; one that ``may_give_any`` speaks for the file."""

    name: str
    role: str
    may_give_any: bool = False

    @property
    def giving_role(self) -> str | None:
        """The role that facts are checked against, None where any may be given."""
        return None if self.may_give_any else self.role


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """A request whose envelope was read and whose facts were not: which facts exist, the ruleset says."""

    facts: Mapping[str, Any]
    customer: str | None = None
    reference: str | None = None
    as_of: date | None = None
    currency: str | None = None
    on_behalf_of: str | None = None
    version: str | None = None
