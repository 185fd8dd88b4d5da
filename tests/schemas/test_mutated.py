"""A mutated ruleset is read or refused, and nothing else: no input raises anything but ``Invalid``."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import Invalid
from schemas.ruleset import load

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {
    path: path.read_text(encoding="utf-8")
    for path in [*(ROOT / "tests" / "rulesets").glob("*.yaml"), *(ROOT / "rulesets").glob("*/*.yaml")]
}
SMALL = [text for text in TEXTS.values() if len(text) < 20_000]
TOKEN = re.compile(r"[A-Za-z_][\w-]*|[0-9][0-9_.%-]*|[^\w\s]")
SPICE = [
    *(
        "",
        "~",
        "null",
        "unknown",
        "-",
        "{}",
        "[]",
        "[[]]",
        "{a: b}",
        "*x",
        "&x",
        "!!int 1",
        "|",
        ">",
        "?",
        "---",
    ),
    *(
        "0",
        "-1",
        "1e9",
        "10 ** 10 ** 10",
        "9" * 31,
        "0.1%",
        "２",
        "，",
        "\t",
        "\x00",
        "\u2028",
        "é",
        "'",
        '"',
        "...",
    ),
    *(
        "outcome",
        "as_of",
        "reasons",
        "_schema",
        "value",
        "key",
        "language",
        "if",
        "skip",
        "first",
        "not(",
        "all(",
    ),
    *("known(", "((((((((", "{#plan}", "{/plan}", "{", "}", "2026-02-29", "0001-01-01", "9999-12-31", ".."),
    *("list of record", "list of choice", "list of date", "%YAML 1.1"),
]


def without_a_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines)


def with_a_line_twice(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    return "\n".join(lines)


def with_another_indentation(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    number = chance.randrange(len(lines))
    lines[number] = " " * chance.randrange(6) + lines[number].lstrip()
    return "\n".join(lines)


def with_another_token(text: str, chance: random.Random) -> str:
    tokens = list(TOKEN.finditer(text))
    gone, come = chance.choice(tokens), chance.choice(tokens)[0]
    return text[: gone.start()] + chance.choice([come, chance.choice(SPICE)]) + text[gone.end() :]


def with_another_sign(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + chance.choice([chr(chance.randrange(0x20, 0x7F)), *SPICE]) + text[place + 1 :]


def cut_short(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text))]


MUTATIONS: list[Callable[[str, random.Random], str]] = [
    without_a_line,
    with_a_line_twice,
    with_another_indentation,
    *[with_another_token] * 6,
    with_another_sign,
    cut_short,
]


def mutated(text: str, chance: random.Random) -> str:
    """``text`` after one to three mutations, most often one, to reach the readers behind the first."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        text = chance.choice(MUTATIONS)(text, chance)
        if not text:
            break
    return text


def refusal(text: str) -> Invalid | None:
    """How the text was refused, or None when it was read."""
    try:
        load(text)
    except Invalid as refused:
        return refused
    return None


def read_or_refuse(text: str) -> bool:
    """Whether the text was read; any refusal must say where and what."""
    refused = refusal(text)
    if refused is None:
        return True
    assert refused.problems
    for problem in refused.problems:
        assert problem.message
        assert problem.line is not None
        assert 1 <= problem.line <= text.count("\n") + 2
    return False


@pytest.mark.parametrize("seed", range(200))
def test_is_read_or_refused_with_lines(seed: int) -> None:
    chance = random.Random(seed)
    read_or_refuse(mutated(chance.choice(SMALL), chance))


@pytest.mark.long
def test_is_read_or_refused_for_thirty_seconds_of_the_shipped_texts() -> None:
    chance = random.Random()
    seed = chance.randrange(1 << 32)
    chance.seed(seed)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        text = mutated(chance.choice([*TEXTS.values()]), chance)
        try:
            read_or_refuse(text)
        except Exception as error:
            raise AssertionError(f"seed {seed}, {error!r} on:\n{text}") from error
