"""A mapping file: how the columns of somebody else's CSV file become the facts of a policy.

Six keys and no more: ``columns``, ``constants``, ``values``, ``date_format``,
``formulas`` and ``keep_if`` (docs/mapping.md). A mapping is read against one
ruleset and the columns of one file, so that a wrong name or type is found
before the first row, with line, key and remedy.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.errors import Invalid
from app.domain.messages import told
from app.domain.ruleset import Ruleset
from schemas.constants import listed, nearest
from schemas.mapping.reading import Reader
from schemas.mapping.rows import RowMapping, Target, target_of
from schemas.mapping.shapes import check_shape
from schemas.ruleset.faults import Faults
from schemas.text import Block, Scalar, read

__all__ = ["plain_mapping", "read_mapping"]
MOST_LISTED = 40


def read_mapping(source: bytes, target: Ruleset | Target, header: Sequence[str]) -> RowMapping:
    """The mapping that ``source`` writes, for files with these columns.

    Raises ``Invalid`` with one problem a fault.
    """
    block = read(source)
    faults = Faults("mapping")
    check_shape(block, faults)
    _raise(faults, "The mapping")
    mapping = Reader(block, _target(target), header, faults).mapping()
    _raise(faults, "The mapping")
    return mapping


def plain_mapping(target: Ruleset | Target, header: Sequence[str]) -> RowMapping:
    """Without a mapping file: columns are named as the facts are. Raises ``Invalid`` for one that is not."""
    faults = Faults("table")
    target = _target(target)
    known = [*target.envelope, *target.facts]
    for name in header:
        if name not in known:
            message = told(
                "column `{name}` is no fact of {called}{near}; rename it, or say with a mapping which "
                "columns are which facts",
                name=name[:64],
                called=target.called,
                near=nearest(name, known),
            )
            faults.at(name, message)
    if faults:
        faults.at(header, told("the columns may be {known}", known=listed(known, MOST_LISTED)))
    _raise(faults, "The file")
    block = Block(columns=Block((Scalar(name), Scalar(name)) for name in header))
    mapping = Reader(block, target, header, faults).mapping()
    _raise(faults, "The file")
    return mapping


def _target(given: Ruleset | Target) -> Target:
    return target_of(given) if isinstance(given, Ruleset) else given


def _raise(faults: Faults, what: str) -> None:
    try:
        faults.raise_any()
    except Invalid as error:
        number = len(error.problems)
        title = told(
            "{what} cannot be used: {number} fault{plural}",
            what=what,
            number=number,
            plural="s" * (number > 1),
        )
        raise Invalid(title, error.problems) from None
