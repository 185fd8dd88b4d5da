"""What a YAML parser complains of, in the words of someone who does not know YAML.

Two parsers may be at work (libyaml, or PyYAML's own where that is missing),
each with its phrases; both are understood, so that a message does not depend
on the machine.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from app.domain.errors import Problem
from app.domain.messages import told

_OPENED = {"sequence": "[", "mapping": "{"}
_SENTENCES = (
    (r"tab character", "a tab stands here; indent with spaces"),
    (r"unexpected end of stream", "the quotation mark that opens here is never closed"),
    (
        r"mapping values are not allowed",
        'a second colon stands in this line; put a text that contains ": " in quotes',
    ),
    (
        r"expected ':'",
        "a key without a colon stands here; write `key: value`, or put a text of several lines in quotes",
    ),
    (
        r"comment or (a )?line break",
        'a value that starts with > or | is put in quotes, such as "> 30"',
    ),
    (
        r"sequence entries",
        'a dash stands where a value belongs; put it in quotes, "-", or a list on lines of its own',
    ),
    (r"alphabetic or numeric|URI|tag handle", "a value that starts with & * or ! is put in quotes"),
    (r"escape", 'after \\ only certain letters may stand in "..."; write \\\\ for the character itself'),
    (r"node content", "a value is missing here, or a bracket or comma is one too many"),
    (
        r"block end|expected key|'-' indicator",
        "this line does not fit what stands above it; check its indentation and quotes",
    ),
)


def in_plain_words(error: yaml.YAMLError, text: str) -> Problem:
    """The problem in ``text``, with the line that a person should look at."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(told("this is not YAML: {error}", error=error), line=1)
    found, begun = _line(error.problem_mark), _line(error.context_mark)
    said = str(error.problem or error.context)
    flow = re.search(r"flow (sequence|mapping)", str(error.context))
    if flow and "node content" not in said:
        opened = _OPENED[flow[1]]
        missing = "a bracket, a comma or a quotation mark is missing"
        return Problem(
            told(
                "this is not YAML: the `{opened}` of line {begun} is not closed; {missing}",
                opened=opened,
                begun=begun,
                missing=missing,
            ),
            line=found,
        )
    if "cannot start any token" in said and error.problem_mark:
        sign = text.splitlines()[found - 1][error.problem_mark.column :][:1]
        message = (
            _SENTENCES[0][1]
            if sign == "\t"
            else told("a value that starts with {sign} is put in quotes", sign=sign)
        )
        return Problem(told("this is not YAML: {message}", message=message), line=found)
    at_begin = "end of stream" in said or "expected ':'" in said
    message = next((words for pattern, words in _SENTENCES if re.search(pattern, said)), said)
    return Problem(
        told("this is not YAML: {message}", message=message), line=begun if at_begin and begun else found
    )


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1
