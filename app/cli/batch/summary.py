"""What a batch came to, as tables or as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from rich.console import Console

from app.cli.batch.backtest import Separation
from app.cli.batch.running import Run
from app.cli.batch.tally import Tally
from app.cli.console import table
from app.domain.values import quantised

MOST_REASONS = 15


def document(run: Run, tally: Tally) -> dict[str, Any]:
    """The summary as JSON; areas are decimal strings."""
    summary: dict[str, Any] = {
        "run": run.id,
        "rows": tally.rows,
        "decided": tally.decided,
        "of_which_earlier": tally.replayed,
        "refused": tally.refused,
        "left_out": tally.left_out,
        "left_out_unknown": tally.left_out_unknown,
        "outcomes": dict(tally.outcomes),
        "reasons": dict(tally.reasons),
        "by": {
            name: [{"value": value, "rows": counted[value]} for value in _values(tally, name, counted)]
            for name, counted in tally.classes.items()
        },
    }
    if tally.hindsight is not None:
        summary["hindsight"] = {
            "against": tally.hindsight.against,
            "rows": len(tally.cases),
            "failures": sum(one.failed for one in tally.cases),
            "by": {
                name: [
                    {"value": value, "rows": rows, "failures": bad}
                    for value, rows, bad in _judged(tally, name)
                ]
                for name in tally.by
            },
            "scores": {
                name: {
                    "auc": _area(one, 4),
                    "rows": one.cases,
                    "failures": one.failures,
                    "unknown": one.unknown,
                }
                for name, one in tally.separations().items()
            },
        }
    return summary


def show(console: Console, run: Run, tally: Tally) -> None:
    """Print the summary."""
    console.print(f"Run {run.id}: {_counted(tally)}")
    if tally.other_versions:
        told = ", ".join(f"{number:,} under {version}" for version, number in tally.other_versions.items())
        console.print(f"Decided earlier in this run by another version of the ruleset: {told}")
    outcomes = [(name, f"{n:,}", _percent(n, tally.decided)) for name, n in tally.outcomes.most_common()]
    _print(console, ("outcome", "rows", "share"), outcomes)
    common = tally.reasons.most_common(MOST_REASONS)
    _print(console, ("reason", "rows"), [(code, f"{number:,}") for code, number in common])
    if len(common) < len(tally.reasons):
        console.print(f"and {len(tally.reasons) - len(common)} more reasons")
    for name, counted in tally.classes.items():
        rows = [(value or "-", f"{counted[value]:,}") for value in _values(tally, name, counted)]
        _print(console, (name, "rows"), rows)
    if tally.hindsight is not None:
        _show_hindsight(console, tally, tally.hindsight.against)


def _show_hindsight(console: Console, tally: Tally, against: str) -> None:
    failures = sum(one.failed for one in tally.cases)
    console.print(f"\nAgainst column {against}: {len(tally.cases):,} rows, {failures:,} failures")
    for name in tally.by:
        judged = [(v or "-", f"{n:,}", f"{bad:,}", _percent(bad, n)) for v, n, bad in _judged(tally, name)]
        _print(console, (name, "rows", "failures", "share"), judged)
    scores = [
        (name, _area(one, 3) or "-", *map("{:,}".format, (one.cases, one.failures, one.unknown)))
        for name, one in tally.separations().items()
    ]
    if scores:
        _print(console, ("score", "AUC", "rows", "failures", "unknown"), scores)
        console.print(
            "AUC: the share of pairs of a survivor and a failure in which the survivor scored more."
        )


def _print(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        console.print()
        console.print(table(columns, rows, numbers=len(columns) - 1))


def _values(tally: Tally, name: str, counted: Mapping[str | None, int]) -> list[str | None]:
    """The values that occur, in declared order, the unknown last."""
    return [value for value in (*tally.by[name], None) if counted[value]]


def _judged(tally: Tally, name: str) -> list[tuple[str | None, int, int]]:
    """Each value of a choice, with how many rows and failures it has in hindsight."""
    place = list(tally.by).index(name)
    counted = Counter(one.classes[place] for one in tally.cases)
    failures = Counter(one.classes[place] for one in tally.cases if one.failed)
    return [(value, counted[value], failures[value]) for value in _values(tally, name, counted)]


def _area(one: Separation, places: int) -> str | None:
    return None if one.area is None else f"{quantised(one.area, places):f}"


def _percent(part: int, whole: int) -> str:
    return f"{quantised(Fraction(100 * part, whole), 1):f} %"


def _counted(tally: Tally) -> str:
    parts = [f"{tally.rows:,} rows", f"{tally.decided:,} decided"]
    if tally.replayed:
        parts[-1] += f" ({tally.replayed:,} of them earlier)"
    if tally.left_out:
        parts.append(f"{tally.left_out:,} left out by keep_if")
    if tally.left_out_unknown:
        parts.append(f"{tally.left_out_unknown:,} left out because keep_if is unknown there")
    return ", ".join([*parts, f"{tally.refused:,} refused"])
