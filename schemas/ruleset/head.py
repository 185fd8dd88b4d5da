"""The lines of a text that say which policy and version it is, read from texts that need not load yet.

An officer saves half-finished work, so a draft's text may have any fault. But it must
be UTF-8 and say once, on lines of their own, what it is the text of: a text that is
stored as one version and calls itself another could be approved by mistake.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from schemas.ruleset.words import IDENTIFIER
from schemas.text import MAX_BYTES

VERSION = re.compile(r"(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){2}")
_LINE = re.compile(
    r"""^(?P<key>policy|version)[ ]*:[ ]+
    (?P<quote>["']?)(?P<value>[^\s"'#\\]+)(?P=quote)[ ]*(\#.*)?\r?$""",
    re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Head:
    """What a text says it is."""

    policy: str
    version: str


def head_of(text: bytes) -> Head:
    """Policy and version of a text; raises ``Invalid`` where it says one of them twice or not at all."""
    written = _written(text)
    found: dict[str, list[re.Match[str]]] = {"policy": [], "version": []}
    for line in _LINE.finditer(written):
        found[line["key"]].append(line)
    problems = [_problem(key, written, lines) for key, lines in found.items() if len(lines) != 1]
    if problems:
        raise Invalid("The text does not say what it is the text of.", problems)
    return Head(*(lines[0]["value"] for lines in found.values()))


def check_names(policy: str, version: str) -> None:
    """Raise ``Invalid`` for a name or number that no policy or version can have."""
    problems = []
    if not IDENTIFIER.fullmatch(policy):
        problems.append(
            Problem(
                told(
                    "`{policy}` cannot name a policy; write lower-case words joined by -", policy=policy[:64]
                )
            )
        )
    if not VERSION.fullmatch(version):
        message = told(
            "`{version}` is not a version; write three numbers, such as 1.0.0", version=version[:64]
        )
        problems.append(Problem(message, "/version"))
    if problems:
        raise Invalid("There can be no such version.", problems)


def renumbered(text: bytes, version: str) -> bytes:
    """The same text as another version: only that line differs. Raises ``Invalid`` as ``head_of`` does."""
    head_of(text)
    written = _written(text)
    line = next(one for one in _LINE.finditer(written) if one["key"] == "version")
    return (written[: line.start("value")] + version + written[line.end("value") :]).encode()


def _written(text: bytes) -> str:
    if len(text) > MAX_BYTES:
        raise Invalid(
            "The text is too long.", [Problem(told("a ruleset has at most {most:,} bytes", most=MAX_BYTES))]
        )
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        problem = Problem("this is not UTF-8; save the file as UTF-8", line=line)
        raise Invalid("The text cannot be read.", [problem]) from None


def _problem(key: str, written: str, lines: list[re.Match[str]]) -> Problem:
    example = "sample-orders" if key == "policy" else "1.0.0"
    if not lines:
        return Problem(
            told("a line `{key}: {example}` is missing; it stands at the very left", key=key, example=example)
        )
    second = written.count("\n", 0, lines[1].start()) + 1
    return Problem(told("`{key}` stands twice; keep one of the lines", key=key), line=second)
