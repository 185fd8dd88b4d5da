"""Tables for the README, and the same figures as JSON under ``var/bench``."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from tests.bench.machine import WORK, description, load_average, today


class Report:
    """Collects one measurement's tables and remarks, prints them as they come, and saves all figures."""

    def __init__(self, name: str, command: str) -> None:
        self._name = name
        self._figures: dict[str, Any] = {
            "date": today(),
            "machine": description(),
            "command": command,
            "load_average_before": load_average(),
        }
        print(f"\n### {name}\n\n{today()}, {description()}; `{command}`\n", flush=True)

    def table(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table in Markdown; all columns but the first are figures and stand to the right."""
        print(f"{title}\n")
        print(f"| {' | '.join(heads)} |")
        print(f"|---{'|---:' * (len(heads) - 1)}|")
        for row in rows:
            print(f"| {' | '.join(row)} |")
        print(flush=True)

    def remark(self, text: str) -> None:
        """A line below a table."""
        print(f"{text}\n", flush=True)

    def target(self, what: str, reached: float, wanted: float, *, at_most: bool = False) -> None:
        """One figure that the project set itself, and whether this run reached it."""
        met = reached <= wanted if at_most else reached >= wanted
        word = "at most" if at_most else "at least"
        print(
            f"- {'reached' if met else 'MISSED'}: {what} {reached:.2f}, wanted {word} {wanted:g}", flush=True
        )
        self._figures.setdefault("targets", []).append(
            {"what": what, "reached": round(reached, 3), "wanted": wanted, "at_most": at_most, "met": met}
        )

    def keep(self, name: str, figures: Any) -> None:
        """Figures for the JSON file only."""
        self._figures[name] = figures

    def save(self) -> None:
        """Write the JSON file."""
        WORK.mkdir(parents=True, exist_ok=True)
        file = WORK / f"{self._name.lower().replace(' ', '-')}.json"
        file.write_text(json.dumps({**self._figures, "load_average_after": load_average()}, indent=1) + "\n")
        print(flush=True)


def middle(runs: Sequence[Mapping[str, Any]], figure: str) -> float:
    """The median of one figure over several runs."""
    return float(median(one[figure] for one in runs))


def progress(text: str) -> None:
    """What is measured now, for a person who waits; nothing where nobody looks."""
    if not sys.stderr.isatty():
        return
    print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
