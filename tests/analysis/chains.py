"""Small rulesets made at random: formulas, scorecards, tables and lists over few facts with few values.

So few that every set of facts can be decided, one by one, and whatever is proved of all
of them can be held against that. Everything comes from one ``Random``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from app.analysis.findings import Facts
from app.domain.errors import Invalid
from app.domain.ruleset import Ruleset
from app.domain.values import Value
from tests import small_rulesets
from tests.small_rulesets import LABEL, TODAY

FACTS = """
days: {type: days, min: 0, max: 6}
late: {type: days, min: -2, max: 3, unknown: allowed}
signed: {type: yes_no, unknown: allowed}
grade: {type: choice, values: [A, B, C], unknown: allowed}
"""
OUTPUTS = """
mark: {type: number, decimals: 1, combine: sum}
most: {type: days, combine: largest}
band: {type: choice, values: [LOW, HIGH], combine: last}
once: {type: number, decimals: 0}
notes: {type: list of choice, values: [P, Q, R], combine: union}
"""
BASELINE = 'days: 1\nlate: 0\nsigned: "yes"\ngrade: A\n'
OUTCOMES = ("pass", "counter", "refer", "refuse")
_NUMBERS = ("days", "late")
_POLICIES = ("UNIQUE", "FIRST", "FIRST", "ANY", "COLLECT", "PRIORITY", "RULE ORDER", "OUTPUT ORDER")


def made(rnd: Random, checks: str = "") -> Ruleset:
    """One ruleset of two to five steps; what the language refuses is made anew."""
    parts = {"facts": FACTS, "outputs": OUTPUTS, "baseline": BASELINE}
    if checks:
        parts["checks"] = checks
    while True:
        text, otherwise = "\n".join(steps(rnd)), rnd.choice((*OUTCOMES, "refuse"))
        reasons = "BECAUSE: {en: So, zh: 如此}" if "BECAUSE" in text else ""
        try:
            return small_rulesets.ruleset(text, otherwise=otherwise, reasons=reasons, **parts)
        except Invalid:
            continue


def every_fact() -> Iterator[Facts]:
    """Every set of facts there is, on one day: 7 x 7 x 3 x 4."""
    known: tuple[tuple[Value, ...], ...] = (
        tuple(range(7)), (*range(-2, 4), None), (True, False, None), ("A", "B", "C", None)
    )  # fmt: skip
    for values in product(*known):
        yield Facts(dict(zip(("days", "late", "signed", "grade"), values, strict=True)), TODAY)


def steps(rnd: Random) -> list[str]:
    """The texts of the steps, each of which may read what stands above it."""
    numbers, truths = list(_NUMBERS), ["signed"]
    found = []
    for i in range(rnd.randint(2, 5)):
        shape = rnd.choice(("formula", "formula", "question", "table", "list", "score"))
        if shape == "formula":
            kind = rnd.choice(("days", "number, decimals: 1", "number, decimals: 0", "percent"))
            found.append(_formula(f"number_{i}", kind, _number(rnd, numbers, truths, 3)))
            numbers.append(f"number_{i}")
        elif shape == "question":
            found.append(_formula(f"truth_{i}", "yes_no", _truth(rnd, numbers, truths, 2)))
            truths.append(f"truth_{i}")
        elif shape == "score":
            found.append(_score(rnd, f"score_{i}"))
            numbers.append(f"score_{i}")
        elif shape == "table":
            found.append(_table(rnd, f"table-{i}", numbers, truths))
            numbers += [one for one in ("mark", "most") if one not in numbers]
        else:
            found.append(_list(rnd, f"list-{i}", numbers, truths))
    return found


def _formula(name: str, kind: str, expression: str) -> str:
    return f'- {{formula: {name}, type: {kind}, expression: "{expression}", {LABEL}}}'


def _number(rnd: Random, numbers: list[str], truths: list[str], depth: int) -> str:
    if depth == 0 or rnd.random() < 0.2:
        return rnd.choice((*numbers, *numbers, str(rnd.randint(0, 4)), "0.5", "1.25"))
    a, b = (_number(rnd, numbers, truths, depth - 1) for _ in range(2))
    match rnd.randrange(9):
        case 0 | 1:
            return f"({a} {rnd.choice('+-')} {b})"
        case 2:
            return f"({a} * {b})"
        case 3:
            return f"({a} / {b})"
        case 4:
            return f"{rnd.choice(('min', 'max', 'least_known', 'greatest_known'))}({a}, {b})"
        case 5:
            return f"{rnd.choice(('floor', 'ceiling', 'abs'))}({a})"
        case 6:
            return f"round({a}, {rnd.randint(0, 2)})"
        case 7:
            return f"(if {_truth(rnd, numbers, truths, depth - 1)} then {a} else {b})"
    return f"(({a}) ** 2)"


def _truth(rnd: Random, numbers: list[str], truths: list[str], depth: int) -> str:
    if depth == 0 or rnd.random() < 0.3:
        compared = f"{rnd.choice(numbers)} {rnd.choice(('<', '<=', '=', '!=', '>'))} {rnd.randint(-1, 4)}"
        return rnd.choice((compared, f"known({rnd.choice(numbers)})", rnd.choice(truths), "grade = B"))
    a, b = (_truth(rnd, numbers, truths, depth - 1) for _ in range(2))
    one, other = (_number(rnd, numbers, truths, 1) for _ in range(2))
    return rnd.choice((f"({a} and {b})", f"({a} or {b})", f"not({a})", f"({one} <= {other})"))


def _cell(rnd: Random, name: str) -> str:
    if name == "grade":
        return rnd.choice(("-", "A", "B, C", "not(A)", "unknown", "C, unknown"))
    if name in ("signed",) or name.startswith("truth"):
        return rnd.choice(("-", "yes", "no", "no, unknown", "known"))
    low, high = sorted((rnd.randint(-2, 4), rnd.randint(0, 7)))
    return rnd.choice(
        (
            "-",
            f"<= {low}",
            f"> {low}",
            f"[{low}..{high})",
            f"not({high})",
            "unknown",
            f"{low}, unknown",
            f"< {high}",
        )
    )


def _given(rnd: Random) -> dict[str, str]:
    every = {
        "mark": str(rnd.choice((1, 2, -1, 0.5))),
        "most": rnd.choice(("2", "5", "days", "late")),
        "band": rnd.choice(("LOW", "HIGH")),
        "notes": rnd.choice(("P", "Q", "R")),
        "once": "1",
        "outcome": rnd.choice(OUTCOMES[1:]),
    }
    weights = (3, 3, 2, 2, 1, 4)
    return {name: every[name] for name in dict.fromkeys(rnd.choices(list(every), weights, k=2))}


def _table(rnd: Random, name: str, numbers: list[str], truths: list[str]) -> str:
    policy = rnd.choice(_POLICIES)
    inputs = rnd.sample([*numbers, *truths, "grade"], 2)
    outputs = list(dict.fromkeys(("outcome", *_given(rnd))))
    lines = [f"- table: {name}", f"  hit_policy: {policy}", f"  inputs: [{', '.join(inputs)}]"]
    lines += [f"  outputs: [{', '.join(outputs)}]", "  rows:"]
    for i in range(rnd.randint(2, 5)):
        cells = ", ".join(f'"{_cell(rnd, one)}"' for one in inputs)
        values = {**_given(rnd), "outcome": rnd.choice(OUTCOMES[1:])}
        defaults = {"mark": "1", "most": "3", "band": "LOW", "notes": "P", "once": "1"}
        given = ", ".join({**defaults, **values}[one] for one in outputs)
        lines.append(f"  - {{id: {name}-{i}, when: [{cells}], then: [{given}], source: x}}")
    return "\n".join(lines)


def _list(rnd: Random, name: str, numbers: list[str], truths: list[str]) -> str:
    lines = [f"- rules: {name}", "  hit_policy: COLLECT", "  list:"]
    for i in range(rnd.randint(1, 4)):
        names = rnd.sample([*numbers, *truths, "grade"], rnd.randint(1, 2))
        when = ", ".join(f'{one}: "{_cell(rnd, one)}"' for one in names)
        given = _given(rnd)
        then = ", ".join(f"{key}: {value}" for key, value in given.items())
        if rnd.random() < 0.5:
            then += ", reason: BECAUSE"
        lines.append(f"  - {{id: {name}-{i}, {LABEL}, when: {{{when}}}, then: {{{then}}}, source: x}}")
    return "\n".join(lines)


def _score(rnd: Random, name: str) -> str:
    cut = rnd.randint(1, 5)
    scale = "  scale: 100\n" if rnd.random() < 0.5 else ""
    points = [rnd.choice((0, 3, 5, 10)) for _ in range(4)]
    return (
        f"- scorecard: {name}\n{scale}  decimals: 1\n  {LABEL}\n  source: x\n  characteristics:\n"
        f"  - fact: days\n    bands:\n"
        f'    - {{id: {name.replace("_", "-")}-low, when: "< {cut}", points: {points[0]}}}\n'
        f'    - {{id: {name.replace("_", "-")}-high, when: ">= {cut}", points: {points[1]}}}\n'
        f"  - fact: grade\n    bands:\n"
        f"    - {{id: {name.replace('_', '-')}-best, when: A, points: {points[2]}}}\n"
        f'    - {{id: {name.replace("_", "-")}-rest, when: "B, C", points: {points[3] + 1}}}\n'
        f"    unknown: {{id: {name.replace('_', '-')}-none, points: {rnd.choice(('skip', '0'))}}}"
    )
