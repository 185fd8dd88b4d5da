"""Where each fact of a decision came from, as it is recorded and told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.customer_file import Held
from app.domain.signals import Derived
from app.domain.values import Text
from schemas.shapes import ANY, DAY, ID, SAID, TEXT, TEXT_OR_NULL, WHOLE, Schema, closed, listed, part

MOST_SIGNALS = 20
SENT = {"from": "sent"}
RECALLED = {"from": "recalled"}
ORIGIN: Schema = closed(
    {
        "from": {"enum": ["sent", "recalled", "file", "receivables", "signals"]},
        "source": TEXT,
        "as_of": DAY,
        "evidence": TEXT_OR_NULL,
        "entry": {**ID, "description": "the log's entry that brought it; of all customers, the last import"},
        "measure": TEXT,
        "signals": listed(
            closed({"kind": TEXT, "day": DAY, "source": TEXT, "evidence": TEXT, "entry": ID})
        ),
        "unused": {"enum": ["stale", "unfit"], "description": "why it counts as unknown"},
        "max_age": WHOLE,
        "why": TEXT,
    },
    optional=(
        "source", "as_of", "evidence", "entry", "measure", "signals", "unused", "max_age", "why",
    ),
)  # fmt: skip

EXPLAINED_FACT: Schema = closed(
    {
        "name": TEXT,
        "label": SAID,
        "value": ANY,
        "said": SAID,
        "origin": part("Origin"),
        "origin_said": SAID,
    },
    optional=("origin", "origin_said"),
)

SHAPES = {"Origin": ORIGIN}


def from_file(one: Held) -> dict[str, Any]:
    """The origin of a fact that the customer file holds."""
    return {
        "from": "file",
        "source": one.source.value,
        "as_of": one.as_of.isoformat(),
        "evidence": one.evidence,
        "entry": str(one.origin),
    }


def from_receivables(measure: str, day: date, last: UUID | None = None) -> dict[str, Any]:
    """The origin of a measure of the receivables; ``last`` is the last import that it takes in."""
    found = {"from": "receivables", "measure": measure, "as_of": day.isoformat()}
    return found if last is None else {**found, "entry": str(last)}


def from_signals(one: Derived) -> dict[str, Any]:
    """The origin of a fact that signals give; of very many the newest are named."""
    named = [
        {
            "kind": signal.kind,
            "day": signal.day.isoformat(),
            "source": signal.source.value,
            "evidence": signal.evidence,
            "entry": str(signal.origin),
        }
        for signal in one.signals[-MOST_SIGNALS:]
    ]
    return {"from": "signals", "as_of": one.as_of.isoformat(), "signals": named}


def origins(document: Mapping[str, Any]) -> dict[str, Any]:
    """Where each known fact of a decision or simulation came from, and each that could not be used."""
    recorded: Mapping[str, Any] = document.get("origins", {})
    recalled: Collection[str] = document.get("recalled", ())
    found = {
        name: recorded.get(name) or (RECALLED if name in recalled else SENT)
        for name, value in document["facts"].items()
        if value is not None
    }
    return {**recorded, **found}


_SAID = {
    "sent": Text("sent with the request", "随请求提交"),
    "recalled": Text("recalled from earlier decisions", "取自先前决定"),
    "file": Text("customer file: {source}, as of {as_of}", "客户档案：{source}，截至{as_of}"),
    "receivables": Text("receivables as of {as_of}: {measure}", "应收账款，截至{as_of}：{measure}"),
    "signals": Text("signals up to {as_of}", "截至{as_of}的信号"),
}
_STALE = Text("; counts as unknown, because it is older than {max_age} days", "；超过{max_age}天，按未知处理")
_UNFIT = Text("; counts as unknown: {why}", "；按未知处理：{why}")
_EVIDENCE = Text(" ({evidence})", "（{evidence}）")
SOURCES = {
    "erp": Text("ERP", "ERP系统"),
    "agency": Text("credit agency", "征信机构"),
    "register": Text("public register", "公示登记"),
    "court": Text("court", "法院"),
    "insurer": Text("insurer", "保险人"),
    "manual": Text("entered by hand", "人工录入"),
    "decision": Text("an earlier decision", "先前决定"),
    "receivables": Text("receivables", "应收账款"),
}


def said(origin: Mapping[str, Any]) -> Text:
    """An origin in words."""
    parts = [_SAID[origin["from"]]]
    if origin.get("evidence") and origin["from"] == "file":
        parts.append(_EVIDENCE)
    if "unused" in origin:
        parts.append(_STALE if origin["unused"] == "stale" else _UNFIT)

    def filled(language: str) -> str:
        source = SOURCES.get(origin.get("source", ""))
        words = {**origin, "source": "" if source is None else source.said_in(language)}
        del words["from"]
        return "".join(part.said_in(language).format(**words) for part in parts)

    return Text(filled("en"), filled("zh"))
