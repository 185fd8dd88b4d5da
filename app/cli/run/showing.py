"""What the shell prints of a run."""

from __future__ import annotations

from rich.table import Table

from app.cli.console import table
from app.domain.runs import Run, RunRules
from app.domain.values import Text

_SAID = {
    "looked_at": Text("looked at", "已检视"),
    "decided": Text("decided", "已决定"),
    "not_due": Text("not due", "未到期"),
    "unchanged": Text("as decided before", "与先前决定相同"),
    "refused": Text("could not be decided", "无法决定"),
}


def rows(run: Run, rules: RunRules, lang: str) -> Table:
    """The counts of a run as a table."""
    said = [
        (_SAID[name].said_in(lang) if name in _SAID else name, f"{number:,}")
        for name, number in run.counts.items()
    ]
    return table((f"{rules.label.said_in(lang)} {run.as_of}", ""), said, numbers=1)
