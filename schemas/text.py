"""YAML to plain structure: no implicit types, no duplicate keys, no aliases, line numbers kept.

Every scalar is a string, so ``NO`` stays Norway and ``0.10`` stays exact; what
it means is decided by declaration, later. Anchors, aliases, tags and a second
document are refused: a text that a credit officer reads says what it means in
one place. The structure is built from the parser's events, one by one, so that
neither depth nor size can exhaust anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml import events

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from schemas.yaml_faults import in_plain_words

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 16
MOST_PROBLEMS = 20
LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BYTE_ORDER_MARK = "\ufeff"
# Control characters, halves of characters, line ends that an editor does not count as lines, and what is not
# seen or turns the direction: a text must not show its reader something else than it says.
NEVER_WRITTEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]"
)


class Scalar(str):
    """One scalar as written, with the line (1-based) that it starts on, and the last one it stands on.

    ``begin`` and ``end`` of any part say where in the text it stands, in characters behind a byte order
    mark, quotes included: ``text[begin:end]`` can be replaced.
    """

    line: int = 0
    last: int = 0
    begin: int = 0
    end: int = 0

    @classmethod
    def at(cls, line: int, text: str) -> Scalar:
        """The scalar ``text`` found on ``line``."""
        scalar = cls(text)
        scalar.line = scalar.last = line
        return scalar


class Block(dict[Any, Any]):
    """A mapping, with its line; its keys are scalars that know theirs."""

    line: int = 0
    begin: int = 0
    end: int = 0


class Items(list[Any]):
    """A sequence, with its line; ``in_brackets`` where it is written as ``[...]``."""

    line: int = 0
    begin: int = 0
    end: int = 0
    in_brackets: bool = False


def line_of(part: Any) -> int:
    """The line that a part of a read text starts on, 0 where that is not known."""
    return getattr(part, "line", 0)


def read(text: str | bytes) -> Block:
    """The text as plain structure; raises ``Invalid`` with every fault found and its line."""
    written = _decoded(text) if isinstance(text, bytes) else text
    if len(text if isinstance(text, bytes) else text.encode("utf-8", "replace")) > MAX_BYTES:
        _refuse([Problem("a ruleset has at most 2 MiB of text", line=1)])
    written = written.removeprefix(BYTE_ORDER_MARK)
    strange = NEVER_WRITTEN.search(written)
    if strange:
        line = written.count("\n", 0, strange.start()) + 1
        _refuse(
            [
                Problem(
                    told(
                        "the character U+{code:04X} cannot stand in a text; remove it", code=ord(strange[0])
                    ),
                    line=line,
                )
            ]
        )
    builder = _Builder()
    try:
        for event in yaml.parse(written, Loader=LOADER):
            builder.take(event)
            if builder.gives_up:
                break
    except yaml.YAMLError as error:
        builder.problems.append(in_plain_words(error, written))
    if not builder.problems and not isinstance(builder.root, Block):
        builder.problems.append(Problem("a text starts with keys such as `language: 1`", line=1))
    if builder.problems:
        _refuse(builder.problems)
    assert isinstance(builder.root, Block)
    return builder.root


def _refuse(problems: list[Problem]) -> None:
    raise Invalid("The text cannot be read", sorted(problems, key=lambda one: one.line or 0))


def _decoded(text: bytes) -> str:
    if len(text) > MAX_BYTES:
        return ""  # too long; not worth decoding
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        problem = Problem("this is not UTF-8; save the file as UTF-8", line=line)
        raise Invalid("The text cannot be read", [problem]) from error


class _Builder:
    """Puts events together; notes what is refused and goes on."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.root: Any = None
        self.gives_up = False
        self._documents = 0
        self._last = 0
        self._open: list[Block | Items] = []
        self._keys: list[Scalar | None] = []  # of each open block: the key that waits for its value

    def take(self, event: Any) -> None:
        """One event of the parser."""
        begin: Any = event.start_mark
        end: Any = event.end_mark  # that of a block is the beginning of what stands behind it
        line = begin.line + 1
        for message in self._refused(event):
            self.problems.append(Problem(message, line=line))
        if isinstance(event, events.ScalarEvent):
            scalar = Scalar.at(line, event.value)
            scalar.last = max(line, end.line + (end.column > 0))
            scalar.begin, scalar.end = begin.index, end.index
            self._last = scalar.end
            self._place(scalar)
        elif isinstance(event, events.AliasEvent):
            self._place(Scalar.at(line, ""))
        elif isinstance(event, events.CollectionStartEvent):
            part: Block | Items = Block() if isinstance(event, events.MappingStartEvent) else Items()
            part.line, part.begin = line, begin.index
            if isinstance(part, Items):
                part.in_brackets = bool(event.flow_style)
            self._place(part)
            self._open.append(part)
            self._keys.append(None)
        elif isinstance(event, events.CollectionEndEvent):
            closed = self._open.pop()
            closed.end = end.index if end.index > begin.index else self._last
            self._keys.pop()
            self._last = closed.end
        if len(self._open) > MAX_DEPTH:
            self.problems.append(
                Problem(told("this is nested deeper than {most} levels", most=MAX_DEPTH), line=line)
            )
        self.gives_up = (
            len(self._open) > MAX_DEPTH or self._documents > 1 or len(self.problems) >= MOST_PROBLEMS
        )

    def _refused(self, event: Any) -> Iterator[str]:
        if isinstance(event, events.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                yield "a second document starts here; one text is one ruleset, so remove the `---`"
            if event.version or event.tags:
                yield "a line that starts with % has no place here; the first line is `language: 1`"
        elif isinstance(event, events.AliasEvent):
            yield told("the alias *{anchor} is not allowed; write the value out", anchor=event.anchor)
        elif getattr(event, "anchor", None):
            yield told(
                "the anchor &{anchor} is not allowed; write the value out where it is used",
                anchor=event.anchor,
            )
        if getattr(event, "tag", None):
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            yield told("the tag {tag} is not allowed; a value's type comes from its declaration", tag=tag)

    def _place(self, part: Any) -> None:
        if not self._open:
            self.root = part
            return
        holder, key = self._open[-1], self._keys[-1]
        if isinstance(holder, Items):
            holder.append(part)
        elif key is None:
            self._keys[-1] = self._key(part, holder)
        else:
            if key not in holder:
                holder[key] = part
            self._keys[-1] = None

    def _key(self, part: Any, holder: Block) -> Scalar:
        if not isinstance(part, Scalar):
            self.problems.append(Problem("a key must be one word", line=line_of(part)))
            return Scalar.at(line_of(part), "")
        if part in holder:
            first = next(line_of(one) for one in holder if one == part)
            message = told(
                "`{part}` stands twice, first on line {first}; keep one of them", part=part, first=first
            )
            self.problems.append(Problem(message, line=part.line))
        return part
