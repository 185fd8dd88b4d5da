"""Exactly one band holds for each value that a fact can have, at its scale and within its bounds."""

from __future__ import annotations

import pytest

from app.domain.errors import Invalid
from schemas.ruleset import load
from tests.small_rulesets import text

# the fact, its bands, and what is wrong with them (nothing where they partition it)
TABLE = [
    ("type: days", ["< 0", "0", "> 0"], ""),
    ("type: days", ["< 0", ">= 0"], ""),
    ("type: days", ["< 0", "> 0"], "no band holds for 0"),
    ("type: days", ["<= 0", ">= 0"], "0 falls into two bands, `<= 0` and `>= 0`"),
    ("type: days", ["<= 5", ">= 6"], ""),  # whole days: nothing lies between
    ("type: hours", ["< 24", ">= 24"], ""),
    ("type: number, decimals: 0", ["<= 5", ">= 6"], ""),
    ("type: number, decimals: 1", ["<= 5", ">= 6"], "no band holds for 5.1"),
    ("type: number, decimals: 1", ["<= 5", ">= 5.1"], ""),
    ("type: money", ["< 0.01", ">= 0.01"], ""),
    ("type: money", ["<= 0", ">= 0.02"], "no band holds for 0.01"),
    ("type: percent", ["< 30%", "[30%..100%)", ">= 100%"], ""),
    ("type: percent", ["< 30%", "(30%..100%)", ">= 100%"], "no band holds for 30%"),
    ("type: percent, min: 0%, max: 100%", ["[0%..30%)", "[30%..100%]"], ""),
    ("type: percent, min: 0%, max: 100%", ["[0%..30%)", "[30%..99%]"], "no band holds for 99.01%"),
    ("type: percent, min: 0%, max: 100%", ["(0%..30%)", "[30%..100%]"], "no band holds for 0%"),
    ("type: percent, min: 0%", ["< 0%", ">= 0%"], ""),
    ("type: percent, min: 0%", ["[0%..30%)", "[30%..100%]"], "no band holds for 100.01%"),
    ("type: days, min: 0", ["0", "1", ">= 2"], ""),
    ("type: days, min: 0, max: 2", ["0", "1, 2"], ""),
    ("type: days, min: 0, max: 3", ["0", "1, 2"], "no band holds for 3"),
    ("type: days", ["not(0)", "0"], ""),
    ("type: days", ["not(0)", "[-1..0]"], "-1 falls into two bands, `not(0)` and `[-1..0]`"),
    ("type: days", ["< five", ">= five"], ""),
    ("type: days", ["< five", "> five"], "no band holds for 5"),
    ("type: money", ["< fine", ">= fine"], ""),  # a parameter finer than the fact
    ("type: money", ["<= fine", ">= 0.02"], ""),  # 0.015: no amount lies between
    ("type: money", ["<= fine", ">= 0.03"], "no band holds for 0.02"),
    ("type: date", ["< 2024-02-29", ">= 2024-02-29"], ""),
    ("type: date", ["< 2024-02-29", "> 2024-02-29"], "no band holds for 2024-02-29"),
    ("type: date", ["<= 0001-01-01", "> 0001-01-01"], ""),
    ("type: date", ["< 9999-12-31", "9999-12-31"], ""),
    ("type: yes_no", ['"yes"', '"no"'], ""),
    ("type: yes_no", ['"yes"'], "no band holds for no"),
    ("type: yes_no", ['"yes, no"'], ""),
    ("type: choice, values: [A, B, C]", ["A", "not(A)"], ""),
    ("type: choice, values: [A, B, C]", ["A", '"B, A"', "C"], "A falls into two bands, `A` and `B, A`"),
    ("type: choice, values: [A, B, C]", ["A", "B"], "no band holds for C"),
    ("type: choice, values: [A, B, C]", ["known"], ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "cells", "wrong"), TABLE, ids=[f"{fact}: {' | '.join(cells)}" for fact, cells, _ in TABLE]
)
def test_bands(fact: str, cells: list[str], wrong: str) -> None:
    quoted = [cell if cell.startswith('"') else f'"{cell}"' for cell in cells]
    bands = "\n".join(f"    - {{id: band-{n}, when: {cell}, points: {n}}}" for n, cell in enumerate(quoted))
    card = f"- scorecard: score\n  source: x\n  characteristics:\n  - fact: tested\n    bands:\n{bands}"
    card += "\n    unknown: {id: none-known, points: 0}"
    parameters = "five: {type: days, value: 5}\nfine: {type: money, decimals: 3, value: 0.015}"
    whole = text(card, facts=f"tested: {{{fact}, unknown: allowed}}", parameters=parameters)
    if not wrong:
        load(whole)
        return
    with pytest.raises(Invalid) as refused:
        load(whole)
    (problem,) = refused.value.problems
    assert problem.message.startswith(f"scorecard `score`, characteristic `tested`: {wrong}")


def test_there_are_at_most_a_hundred_of_them() -> None:
    bands = "\n".join(f"    - {{id: band-{n}, when: '{n}', points: 0}}" for n in range(101))
    card = f"- scorecard: score\n  source: x\n  characteristics:\n  - fact: tested\n    bands:\n{bands}"
    with pytest.raises(Invalid) as refused:
        load(text(card, facts="tested: {type: days, min: 0, max: 100}", baseline="tested: 0"))
    (problem,) = refused.value.problems
    assert problem.message.endswith("a characteristic has at most 100 bands, not 101")
