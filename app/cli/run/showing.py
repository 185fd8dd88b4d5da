"""What the shell prints of a run."""

from __future__ import annotations

from rich.table import Table

from app.cli.console import table
from app.domain.runs import Each, Run, RunRules
from app.domain.values import Text

_SAID = {
    "looked_at": Text("looked at", "已检视"),
    "decided": Text("decided", "已决定"),
    "not_due": Text("not due", "未到期"),
    "unchanged": Text("as decided before", "与先前决定相同"),
    "refused": Text("could not be decided", "无法决定"),
}
_LEFT_OUT = Text("left out, without {needs}", "缺少 {needs}，未检视")
_NOBODY = Text(
    "The customer file holds nobody: nothing was looked at. File {needs} first (docs/customer-file.md).",
    "客户档案中尚无客户，未检视任何对象。请先录入 {needs}（docs/customer-file.md）。",
)
_NOTHING_FILED = Text(
    "Of {all} customers in the file none has {needs}: nothing was looked at. File it first"
    " (docs/customer-file.md).",
    "档案中 {all} 个客户均无 {needs}，未检视任何对象。请先录入（docs/customer-file.md）。",
)
_NOTHING_OPEN = Text(
    "No invoice was open on {day}; nothing was looked at.", "{day} 没有未结发票，未检视任何对象。"
)


def rows(run: Run, rules: RunRules, lang: str) -> Table:
    """The counts of a run as a table."""
    said = [(_label(name, rules, lang), f"{number:,}") for name, number in run.counts.items()]
    return table((f"{rules.label.said_in(lang)} {run.as_of}", ""), said, numbers=1)


def nothing(run: Run, rules: RunRules, lang: str) -> str | None:
    """Why a run that ended looked at nothing; None where it looked at something."""
    if run.counts.get("looked_at"):
        return None
    if rules.each is Each.INVOICE:
        return _NOTHING_OPEN.said_in(lang).format(day=run.as_of)
    left_out = run.counts.get("left_out", 0)
    said = _NOTHING_FILED if left_out else _NOBODY
    return said.said_in(lang).format(all=f"{left_out:,}", needs=_needs(rules))


def _label(name: str, rules: RunRules, lang: str) -> str:
    if name == "left_out":
        return _LEFT_OUT.said_in(lang).format(needs=_needs(rules))
    return _SAID[name].said_in(lang) if name in _SAID else name


def _needs(rules: RunRules) -> str:
    return ", ".join(f"`{one}`" for one in rules.needs) or "facts"
