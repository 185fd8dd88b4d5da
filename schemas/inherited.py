"""What a filed fact says itself, or else its item, or else the request as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.messages import told


def inherited(
    name: str,
    read: Callable[[Any], Any],
    own: Mapping[str, Any],
    item: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Any:
    """The member ``name`` of the innermost that has it; ``given``, the request's, is read already."""
    for members in (own, item):
        if members.get(name) is not None:
            try:
                return read(members[name])
            except ValueError as error:
                raise ValueError(told("`{name}`: {error}", name=name, error=error)) from None
    return given[name]


def evidence_of(
    source: Any,
    reads: tuple[Callable[[Any], Any], Callable[[Any], Any]],
    own: Mapping[str, Any],
    item: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Any:
    """The evidence of a fact of that ``source``; ``reads`` read a source and evidence.

    An agency's report is none for what a court said: evidence from further out counts only where the source
    that stands there is the same, or none does.
    """
    read_source, read = reads
    found = inherited("evidence", read, own, item, given)
    if own.get("evidence") is not None:
        return found
    around = {} if item.get("evidence") is None else item
    return found if inherited("source", read_source, {}, around, given) in (None, source) else None
