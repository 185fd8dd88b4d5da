"""What services, schemas and checks say ..."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.web.messages import CATALOGUE, forms, in_language
from schemas.constants import listed, nearest
from tests.web.service import FACTS, Service, told

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = frozenset(
    {"told", "joined", "in_step", "Problem", "Invalid", "NotFound", "Refused", "Stale", "Unavailable"}
    | {"Unauthenticated", "TooManyAttempts", "ValueError", "Unreadable", "BadRequest", "cannot"}
)
"""What is given a whole sentence to say, or a form."""
SHELL = re.compile(
    r"app/(cli|ledger|settings|rendering|store|engine|services/(dmn|log)|web/pages)/|"
    r"app/services/(keeping/applying|rotating)|"
    r"app/domain/(audit|identifiers|instants|arithmetic|receivables/)|"
    r"schemas/(customer_rules|notices|runs|explanations|receivables/rules|interchange/dmn/expressions)"
)
"""What operators read in a shell or a log, and what is a fault of ours; it is said in English."""
WITHOUT = frozenset({"plural", "plurals", "hold", "times"})
"""Places of English grammar that Chinese need not fill."""


@cache
def said() -> list[tuple[str, str, bool]]:
    """Each sentence and form of the code, where it stands, and whether it was given to ``told``."""
    found = []
    for path, node in nodes():
        if isinstance(node, ast.Assign):
            if _name(node.targets[0]) == "form":  # the name of a form that is told in the next line
                found += [(one, f"{path}:{node.lineno}", True) for one in _texts(node.value)]
        elif isinstance(node, ast.Call) and _name(node.func) in FAMILIES and node.args:
            form = _name(node.func) == "told"
            for one in _texts(node.args[0]):
                if one and (form or (" " in one.strip() and not SHELL.match(path))):
                    found.append((one, f"{path}:{node.lineno}", form))
    return found


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Every call, constant and assignment of the code, with the file in which it stands."""
    return [
        (str(file.relative_to(ROOT)), node)
        for file in (*ROOT.glob("app/**/*.py"), *ROOT.glob("schemas/**/*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call | ast.Constant | ast.Assign)
    ]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def places(form: str) -> set[str]:
    """The places of a form, each with how it is filled; none of a sentence that is taken as it stands."""
    return {
        f"{name}!{how}:{spec}" for _, name, spec, how in string.Formatter().parse(form) if name is not None
    }


def test_has_a_form_in_chinese() -> None:
    assert [f"{where}: {one}" for one, where, _ in said() if one not in forms()] == []


def test_has_no_form_that_nobody_says() -> None:
    written = {node.value for _, node in nodes() if isinstance(node, ast.Constant)}
    assert sorted(forms().keys() - written) == []


def test_fills_the_same_places_in_chinese() -> None:
    filled = {one for one, _, form in said() if form and "{" in one and _is_form(one)}
    wrong = []
    for one in filled:
        english, chinese = places(one), places(forms()[one])
        lost = {place.partition("!")[0] for place in english - chinese} - WITHOUT
        if chinese - english or lost:
            wrong.append(one)
    assert wrong == []


def _is_form(text: str) -> bool:
    try:
        return all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))
    except ValueError:
        return False


def test_stands_once_in_the_catalogue() -> None:
    found = re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text("utf-8"), re.MULTILINE)
    assert [one for one in set(found) if found.count(one) > 1] == []


def test_says_lists_and_what_was_probably_meant() -> None:
    assert in_language(listed(["A", "B"]), "zh") == "A、B"
    assert in_language(nearest("dayz", ["days"]), "zh") == "；是否指 `days`？"
    assert in_language(nearest("dayz", ["days"]), "en") == "; did you mean `days`?"


def test_comes_in_the_language_that_the_client_asks_for(shared: Service) -> None:
    wrong = {**FACTS, "order_amount": 1.5}
    asked = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}
    english, chinese = shared.decide(wrong), shared.decide(wrong, headers=asked)
    assert told(english)["detail"] == "1 fact cannot be accepted."
    assert told(chinese)["detail"] == "有 1 个事实不能接受。"
    assert "应为十进制数字串" in told(chinese)["errors"][0]["detail"]
    assert [one["pointer"] for one in told(english)["errors"]] == [
        one["pointer"] for one in told(chinese)["errors"]
    ]
