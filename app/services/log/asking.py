"""Asking: a search of the log as somebody wrote it, over HTTP or in a shell; each error names its filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, Problem
from app.domain.messages import joined, told
from app.domain.people import Person
from app.services.log.sought import CANNOT, Sought
from app.services.people.managing import OPERATOR
from schemas.instants import WANTED, instant

FARTHEST = 2**53 - 1
WORDS = ("policy", "version", "outcome", "rule", "reason", "customer", "reference")
FILTERS = ("id", "kind", *WORDS, "person", "since", "until", "from", "to")
"""All filters, under the names by which they are asked for. ``to`` is the last index, inclusive."""
_MOST_SHOWN = 60


def read(given: Mapping[str, str], find: Callable[[str], Person | None]) -> Sought:
    """What is sought; raises ``Invalid`` with a problem for each filter that cannot be meant.

    ``find`` knows people by login or id; ``operator`` is whoever sat at the shell.
    """
    problems: list[Problem] = []
    known = {"id": _id, "kind": _kind, "since": _instant, "until": _instant, "from": index, "to": index}
    found: dict[str, object] = {name: given[name] for name in WORDS if name in given}
    for name, reading in known.items():
        if name in given:
            try:
                found[name] = reading(given[name])
            except ValueError as error:
                problems.append(
                    Problem(
                        told(
                            "`{name}` {error}, not {given}",
                            name=name,
                            error=error,
                            given=given[name][:_MOST_SHOWN],
                        )
                    )
                )
    if "person" in given:
        person = None if given["person"] == OPERATOR else find(given["person"])
        if person is None and given["person"] != OPERATOR:
            problems.append(
                Problem(
                    told(
                        "`person`: nobody has the login or id {person}", person=given["person"][:_MOST_SHOWN]
                    )
                )
            )
        found["person"] = OPERATOR if person is None else str(person.id)
    first, last = found.pop("from", None), found.pop("to", None)
    if isinstance(first, int) and isinstance(last, int) and first > last:
        problems.append(Problem(told("`from` {first} lies behind `to` {last}", first=first, last=last)))
    if problems:
        raise Invalid(CANNOT, problems)
    end = last + 1 if isinstance(last, int) else None
    return Sought(**found, first=first, end=end)  # type: ignore[arg-type]


def index(text: str) -> int:
    """An index of the log; raises ``ValueError``."""
    if not re.fullmatch("[0-9]{1,16}", text) or int(text) > FARTHEST:
        raise ValueError(told("is a whole number from 0 to {most:,}", most=FARTHEST))
    return int(text)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError("is the id of an entry") from None


def _kind(text: str) -> EntryKind:
    if text not in list(EntryKind):
        raise ValueError(told("is one of {kinds}", kinds=joined(", ", EntryKind)))
    return EntryKind(text)


def _instant(text: str) -> datetime:
    if (found := instant(text)) is None:
        raise ValueError(told("is {wanted}", wanted=WANTED))
    return found
