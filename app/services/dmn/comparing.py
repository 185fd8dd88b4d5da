"""A model against the cases of the Technology Compatibility Kit: what each decision yields, and should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.services.dmn.expressions import equal
from app.services.dmn.running import Running
from app.services.dmn.types import all_read, as_found
from schemas.interchange.dmn.cases import DmnCase
from schemas.interchange.dmn.model import Model
from schemas.unreadable import Unreadable

CLOSE = Decimal("1e-8")


class Verdict(StrEnum):
    """How one expected result came out."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_READ = "not read"


@dataclass(frozen=True, slots=True)
class Compared:
    """One expected result; ``why`` says what is not read."""

    case: str
    decision: str
    verdict: Verdict
    expected: Any = None
    found: Any = None
    why: str = ""


def compared(model: Model, cases: Sequence[DmnCase]) -> Iterator[Compared]:
    """Every expected result of every case, in order."""
    for case in cases:
        running = Running(model, case.given)
        for one in case.expected:
            try:
                found = running.decided(one.decision)
                all_read(found)
                wanted = None if one.error else as_found(one.value, found)
            except Unreadable as error:
                yield Compared(case.id, one.decision, Verdict.NOT_READ, why=str(error))
                continue
            verdict = Verdict.PASSED if _same(found, wanted) else Verdict.FAILED
            yield Compared(case.id, one.decision, verdict, wanted, found)


def _same(found: Any, wanted: Any) -> bool:
    """Equal; numbers to eight places, like the kit's own runners: some of its cases were made by floats."""
    if isinstance(found, Decimal) and isinstance(wanted, Decimal):
        return abs(found - wanted) < CLOSE
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(_same, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(_same(found[name], wanted[name]) for name in found)
    return equal(found, wanted) is True
