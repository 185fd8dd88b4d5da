"""A statement of reasons as a sheet: which words stand where, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.instants import from_utc_text
from app.domain.values import Text
from app.rendering.sheet import Line, Section, Sheet
from app.services.statements import wording

Statement = Mapping[str, Any]


def sheet_of(statement: Statement, zone: ZoneInfo) -> Sheet:
    """The sheet of a statement, the same at any time: whatever day it names is of the decision."""
    words = _Words(statement["language"])
    issuer = statement["issuer"]
    lines = (
        (wording.CUSTOMER, statement["customer"]),
        (wording.REFERENCE, statement["reference"]),
        (wording.DECIDED_ON, statement["decided_on"]),
    )
    missing = words(wording.LISTED).join(words(wording.MISSING[name]) for name in statement["missing"])
    return Sheet(
        language=statement["language"],
        title=words(wording.TITLE),
        subtitle=statement["subject"],
        issuer=tuple(one for one in (issuer["company"], issuer["address"]) if one),
        lines=tuple(Line(words(label), (value,)) for label, value in lines if value),
        sections=tuple(_sections(statement, words, zone)),
        footer=words(wording.FOOTER, id=statement["id"]),
        warning=words(wording.NOT_READY, missing=missing) if missing else "",
    )


class _Words:
    """Texts in one language, with what stands in their gaps."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, text: Text, **gaps: Any) -> str:
        said = text.said_in(self._language)
        return said.format(**gaps) if gaps else said


def _sections(statement: Statement, words: _Words, zone: ZoneInfo) -> Iterator[Section]:
    if statement["asked"]:
        yield Section(words(wording.ABOUT), lines=_lines(statement["asked"]))
    yield _decided(statement, words, zone)
    yield _reasons(statement, words)
    if statement["ways_forward"]:
        yield Section(
            words(wording.WAYS_FORWARD),
            before=(words(wording.WAYS_NOTE),),
            items=tuple(statement["ways_forward"]),
        )
    yield _review(statement, words)
    for one in statement["notices"]:
        yield Section(one["title"], before=(one["text"],), fine_print=True)
    yield _check(statement, words)


def _decided(statement: Statement, words: _Words, zone: ZoneInfo) -> Section:
    sentences = [words(wording.BY[statement["by"]])]
    if statement["expires_at"] is not None:
        until = from_utc_text(statement["expires_at"])
        sentences.append(words(wording.UNTIL, until=_minute(until, zone)))
    if statement["outcome_kind"] == "conditional":
        sentences.append(words(wording.CONDITIONAL))
    outcome = Line(words(wording.OUTCOME), (statement["outcome_label"],))
    lines = (outcome, *_lines(statement["outputs"]))
    return Section(words(wording.DECIDED), lines=lines, after=tuple(sentences))


def _reasons(statement: Statement, words: _Words) -> Section:
    after = []
    if not statement["reasons"]:
        after.append(words(wording.ON_REQUEST))
    else:
        if not statement["reasons_specific"]:
            after.append(words(wording.BROAD))
        if statement["reasons_withheld"]:
            after.append(words(wording.WITHHELD))
    items = tuple(one["text"] for one in statement["reasons"])
    return Section(words(wording.REASONS), items=items, after=tuple(after))


def _review(statement: Statement, words: _Words) -> Section:
    review = statement["review"]
    how = words(wording.REVIEW_HOW, until=review["until"], days=review["days"])
    if review["contact"] is None:
        return Section(words(wording.REVIEW), before=(how, words(wording.NO_CONTACT)))
    contact = Line(words(wording.CONTACT_LINE), (review["contact"],))
    return Section(words(wording.REVIEW), before=(how,), lines=(contact,))


def _check(statement: Statement, words: _Words) -> Section:
    proof = statement["proof"]
    lines = [
        (wording.DECISION, statement["id"]),
        (wording.RULES, f"{statement['policy']} {proof['ruleset']['version']}"),
        (wording.DIGEST, proof["ruleset"]["digest"]),
        (wording.LEAF, proof["leaf_hash"]),
    ]
    if proof["resolution"] is not None:
        lines.append((wording.SETTLED, proof["resolution"]["id"]))
        lines.append((wording.SETTLED_LEAF, proof["resolution"]["leaf_hash"]))
    return Section(
        words(wording.CHECK),
        before=(words(wording.CHECK_HOW),),
        lines=tuple(Line(words(label), (value,)) for label, value in lines),
        fine_print=True,
    )


def _lines(found: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(one["label"], tuple(one["said"])) for one in found)


def _minute(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
