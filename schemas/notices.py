"""The file of notices: what a statement of reasons says by law and custom (docs/statement.md)."""

from __future__ import annotations

import re
from typing import Any

from app.domain.errors import Invalid
from app.domain.notices import Notice, Notices
from schemas.ruleset.checking import Inside, Keys, ListOf, Named, One, Several
from schemas.ruleset.faults import Faults
from schemas.ruleset.words import IDENTIFIER, NAME, REASON, text
from schemas.text import Block, Items, Scalar, read

COUNTRY = re.compile("[A-Z]{2}")
_NAMED = {"country_fact": "fact, such as buyer_country", "review_days": "parameter, such as objection_days"}
_WORDS = Inside(Keys("text", "", {"en": One(), "zh": One()}, {}))
_NOTICE = Keys(
    "notice",
    "id",
    {"id": One(), "countries": Several(), "source": One(), "title": _WORDS, "text": _WORDS},
    {},
)
_NOTICES = Keys(
    "notices",
    "",
    {},
    {
        "country_fact": One(),
        "review_days": One(),
        "notices": ListOf(_NOTICE, may_be_empty=True),
        "broad_reasons": Named(deep=True),
        "procedural_reasons": Named(deep=True),
    },
)


def read_notices(source: bytes) -> Notices:
    """The notices that ``source`` (YAML) writes; raises ``Invalid`` with one problem a fault."""
    block, faults = read(source), Faults()
    _NOTICES.check(block, "the notices", "", faults)
    _raise(faults)
    for key in ("country_fact", "review_days"):
        if key in block and not NAME.fullmatch(block[key]):
            faults.at(block[key], f"`{key}` takes the name of a {_NAMED[key]}")
    found = [_notice(one, faults) for one in block.get("notices", Items())]
    broad, procedural = (_by_policy(block.get(f"{kind}_reasons"), faults) for kind in ("broad", "procedural"))
    _raise(faults)
    return Notices(tuple(found), block.get("country_fact"), block.get("review_days"), broad, procedural)


def _notice(block: Block, faults: Faults) -> Notice:
    where = f"notice `{block['id']}`"
    if not IDENTIFIER.fullmatch(block["id"]):
        faults.at(block["id"], "an id is lower-case words joined by -, such as us-equal-credit", where)
    for one in _listed(block["countries"]):
        if not COUNTRY.fullmatch(one):
            faults.at(one, f"`{one}` is no country; write two capitals as ISO 3166-1 does, such as US", where)
    countries = frozenset(map(str, _listed(block["countries"])))
    return Notice(
        str(block["id"]), countries, str(block["source"]), text(block["title"]), text(block["text"])
    )


def _by_policy(block: Block | None, faults: Faults) -> dict[str, frozenset[str]]:
    found = {}
    for policy, codes in (block or {}).items():
        for code in _listed(codes):
            if not (isinstance(code, Scalar) and REASON.fullmatch(code)):
                faults.at(code, f"`{code}` is no reason code, such as HIGH_RISK", f"`{policy}`")
        found[str(policy)] = frozenset(map(str, _listed(codes)))
    return found


def _listed(part: Any) -> list[Any]:
    return list(part) if isinstance(part, Items) else [part]


def _raise(faults: Faults) -> None:
    try:
        faults.raise_any()
    except Invalid as error:
        number = len(error.problems)
        title = f"The notices cannot be used: {number} fault{'s' * (number > 1)}"
        raise Invalid(title, error.problems) from None
