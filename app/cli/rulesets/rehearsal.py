"""What a rehearsal came to, as tables: who flips from what to what, what that moves, and where."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console

from app.analysis.rehearsal import NO_VALUE, Sum, Tally
from app.cli.console import table
from app.domain.values import Kind, ValueType, of_type
from app.domain.wording import spoken
from app.services.comparing.rehearsal_document import counts, in_order, not_comparable
from app.services.comparing.rehearsed import RECORDED, Rehearsal
from schemas.spreadsheet import cell

MOST_SHOWN = 10


def show(console: Console, made: Rehearsal) -> None:
    """Print it all; of the list, its beginning."""
    ruleset, against = made.ruleset, made.against
    baseline = "what was recorded" if against is None else against.version
    console.print(f"{ruleset.policy} {ruleset.version} against {baseline}: {_counted(made)}", style="bold")
    if made.cut:
        more = "stopped before the end" if made.stopped else "there are more; --most reads further"
        console.print(f"Cut: {more}.")
    _flows(console, made, made.segments.whole)
    _sums(console, made, made.segments.whole)
    for name, parts in made.segments.parts.items():
        told = _told(made.segments.whole)
        rows = [_segment(made, value, parts[value], told) for value in in_order(parts, made.types.get(name))]
        columns = [f"{one} {_told_of(made.segments.whole.sums[one])}" for one in told]
        _print(console, (name, "compared", "flip", "change otherwise", *columns), rows)
    reasons = [
        (one["fact"] or "-", _number(one["decisions"]), one["example"]) for one in not_comparable(made)
    ]
    _print(console, ("not comparable for", "decisions", "such as"), reasons, numbers=0)
    _list(console, made)


def _counted(made: Rehearsal) -> str:
    number = counts(made)
    parts = [f"{number['read']:,} {'decisions' if made.source == RECORDED else 'rows'} read"]
    words = {
        "flipped": "flip",
        "changed": "change in outputs or reasons",
        "same": "stay the same",
        "not_comparable": "not comparable",
        "erased": "erased",
        "left_out": "left out",
    }
    always = ("flipped", "changed", "same")
    return ", ".join(
        parts + [f"{number[key]:,} {said}" for key, said in words.items() if number[key] or key in always]
    )


def _flows(console: Console, made: Rehearsal, tally: Tally) -> None:
    """The matrix of outcomes, both in the order of the rehearsed version, mildest first."""
    order = [one.id for one in made.ruleset.outcomes]
    froms = _ordered({before for before, _ in tally.flows}, order)
    tos = _ordered({after for _, after in tally.flows}, order)
    rows = []
    for before in froms:
        found = [tally.flows.get((before, after)) for after in tos]
        rows.append((before, *("." if one is None else _number(one.decisions) for one in found)))
    _print(console, ("from \\ to", *tos), rows)


def _sums(console: Console, made: Rehearsal, tally: Tally) -> None:
    rows = []
    for name, one in tally.sums.items():
        if one.unknown_before == one.unknown_after == tally.compared:
            continue
        values = (one.before, one.after, one.after - one.before, one.flipped)
        unknown = f"{one.unknown_before:,} / {one.unknown_after:,}"
        rows.append((name, *(_amount(made, name, value) for value in values), unknown))
    _print(console, ("sum of", "before", "after", "moved", "of those that flip", "unknown"), rows)


def _segment(made: Rehearsal, value: str, tally: Tally, told: Sequence[str]) -> tuple[str, ...]:
    sums = []
    for name in told:
        one, whole = tally.sums[name], made.segments.whole.sums[name]
        sums.append(_amount(made, name, one.after - one.before if _moves(whole) else one.flipped))
    counted = map(_number, (tally.compared, tally.flipped, tally.changed))
    return (value if value != NO_VALUE else "-", *counted, *sums)


def _moves(one: Sum) -> bool:
    return one.before != one.after


def _told(whole: Tally) -> list[str]:
    """The sums that move; and of those that no version moves, the first: it matters how much of it flips."""
    still = [name for name, one in whole.sums.items() if not _moves(one) and one.flipped]
    return still[:1] + [name for name, one in whole.sums.items() if _moves(one)]


def _told_of(one: Sum) -> str:
    return "moved" if _moves(one) else "that flips"


def _list(console: Console, made: Rehearsal) -> None:
    """The beginning of the list, those that flip first."""
    rows = []
    for found in sorted(made.differing, key=lambda one: not one.one.flips)[:MOST_SHOWN]:
        one = found.one
        about = (one.id, one.customer or "-", one.reference or "-", one.before.outcome, one.after.outcome)
        changed = [_output(name, *both) for name, both in found.outputs.items()]
        rows.append((*about, "; ".join(changed)))
    _print(console, ("id", "customer", "reference", "from", "to", "outputs that change"), rows, numbers=0)
    if len(made.differing) > MOST_SHOWN:
        console.print(f"and {len(made.differing) - MOST_SHOWN:,} more; --out lists them all")


def _output(name: str, before: Any, after: Any) -> str:
    if any(isinstance(one, list) and any(isinstance(part, dict) for part in one) for one in (before, after)):
        return name
    return f"{name} {_plain(before)} -> {_plain(after)}"


def _print(
    console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, numbers: int | None = None
) -> None:
    if rows:
        console.print()
        console.print(table(columns, rows, numbers=len(columns) - 1 if numbers is None else numbers))


def _ordered(found: set[str], order: Sequence[str]) -> list[str]:
    return [*(one for one in order if one in found), *sorted(found - set(order))]


def _amount(made: Rehearsal, name: str, value: Decimal) -> str:
    kind: ValueType = made.types[name]
    if kind.kind in (Kind.DAYS, Kind.HOURS):
        return f"{value:,f}"
    return spoken(of_type(kind, value), kind, "en", made.ruleset.currency)


def _number(number: int) -> str:
    return f"{number:,}"


def _plain(value: Any) -> str:
    return cell(value) or "nothing"
