"""A rehearsal as JSON and its list as CSV; the shapes stand in ``schemas.rehearsals``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.analysis.rehearsal import NO_VALUE, Difference, Flow, Sum, Tally
from app.domain.instants import utc_text
from app.domain.ruleset import Ruleset
from app.domain.values import ValueType
from app.services.comparing.rehearsed import Rehearsal, Unlike
from schemas.spreadsheet import line

_COLUMNS = ("id", "customer", "reference", "as_of", "from", "to", "reasons_from", "reasons_to")


def rehearsal_document(made: Rehearsal) -> dict[str, Any]:
    """All that came of a rehearsal."""
    whole, types = made.segments.whole, made.types
    return {
        "policy": made.ruleset.policy,
        "ruleset": _head(made.ruleset),
        "against": None if made.against is None else _head(made.against),
        "source": made.source,
        "rehearsed_at": utc_text(made.at),
        "counts": counts(made),
        "cut": made.cut,
        "next": None if made.next is None else str(made.next),
        **_tallied(whole, types),
        "segments": [
            {
                "by": name,
                "values": [
                    {
                        "value": None if value == NO_VALUE else value,
                        "compared": parts[value].compared,
                        "flipped": parts[value].flipped,
                        "changed": parts[value].changed,
                        **_tallied(parts[value], types),
                    }
                    for value in in_order(parts, types.get(name))
                ],
            }
            for name, parts in made.segments.parts.items()
        ],
        "not_comparable": not_comparable(made),
        "differing": [_difference(one) for one in made.differing],
        "unlike": [_unlike(one) for one in made.unlike],
    }


def counts(made: Rehearsal) -> dict[str, int]:
    """How many were read, and what became of them."""
    whole = made.segments.whole
    return {
        "read": made.read,
        "compared": whole.compared,
        "same": whole.compared - whole.flipped - whole.changed,
        "flipped": whole.flipped,
        "changed": whole.changed,
        "not_comparable": len(made.unlike),
        "erased": made.erased,
        "left_out": made.left_out,
    }


def not_comparable(made: Rehearsal) -> list[dict[str, Any]]:
    """What stood in the way, by fact, the most frequent first, each with an example of what was said."""
    found: dict[str, list[str]] = {}
    for one in made.unlike:
        for name, said in one.because.items():
            found.setdefault(name, []).append(said)
    return [
        {"fact": name, "decisions": len(said), "example": said[0]}
        for name, said in sorted(found.items(), key=lambda one: -len(one[1]))
    ]


def in_order(parts: Mapping[str, Tally], kind: ValueType | None) -> list[str]:
    """The values of a segment in declared order, the unknown last."""
    declared = list(kind.choices) if kind is not None and kind.choices else ["yes", "no"]
    return sorted(parts, key=lambda one: (one == NO_VALUE, one not in declared, *_place(one, declared)))


def csv_lines(made: Rehearsal) -> Iterator[str]:
    """The list as CSV: what is answered otherwise, then what could not be compared."""
    outputs = list(dict.fromkeys(name for one in made.differing for name in one.outputs))
    columns = [f"{name}_{side}" for name in outputs for side in ("from", "to")]
    yield line([*_COLUMNS, *columns, "not_comparable"])
    for found in made.differing:
        one = found.one
        values = [value for name in outputs for value in found.outputs.get(name, (None, None))]
        about = (one.id, one.customer, one.reference, one.as_of, one.before.outcome, one.after.outcome)
        yield line([*about, one.before.reasons, one.after.reasons, *values, None])
    for unlike in made.unlike:
        blank = [None] * (len(_COLUMNS) - 3 + len(columns))
        yield line([unlike.id, unlike.customer, unlike.reference, *blank, unlike.said])


def _place(value: str, declared: list[str]) -> tuple[int, str]:
    return (declared.index(value) if value in declared else 0, value)


def _head(ruleset: Ruleset) -> dict[str, str]:
    return {"version": ruleset.version, "digest": ruleset.digest}


def _tallied(tally: Tally, types: Mapping[str, ValueType]) -> dict[str, Any]:
    return {
        "flows": [
            {"from": before, "to": after, "decisions": flow.decisions, "sums": _sums(flow, types)}
            for (before, after), flow in sorted(tally.flows.items())
        ],
        "sums": [_sum(name, one, types) for name, one in tally.sums.items()],
    }


def _sums(flow: Flow, types: Mapping[str, ValueType]) -> list[dict[str, Any]]:
    return [_sum(name, one, types) for name, one in flow.sums.items()]


def _sum(name: str, one: Sum, types: Mapping[str, ValueType]) -> dict[str, Any]:
    return {
        "name": name,
        "type": str(types[name].kind),
        "from": f"{one.before:f}",
        "to": f"{one.after:f}",
        "moved": f"{one.after - one.before:f}",
        "flipped": f"{one.flipped:f}",
        "unknown": {"from": one.unknown_before, "to": one.unknown_after},
    }


def _difference(found: Difference) -> dict[str, Any]:
    one = found.one
    return {
        "id": one.id,
        "customer": one.customer,
        "reference": one.reference,
        "as_of": one.as_of,
        "from": one.before.outcome,
        "to": one.after.outcome,
        "reasons": {"from": list(one.before.reasons), "to": list(one.after.reasons)},
        "outputs": [
            {"name": name, "from": before, "to": after} for name, (before, after) in found.outputs.items()
        ],
    }


def _unlike(one: Unlike) -> dict[str, Any]:
    return {
        "id": one.id,
        "customer": one.customer,
        "reference": one.reference,
        "because": [{"fact": name, "said": said} for name, said in one.because.items()],
    }
