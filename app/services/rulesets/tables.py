"""Tables of versions as workbooks and models: given out, edited elsewhere, and merged back into a draft."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.errors import Invalid, Problem
from app.domain.messages import told
from app.domain.people import Principal
from app.domain.versions import RulesetVersion
from app.services.rulesets.drafting import Drafting
from app.services.rulesets.versions import Versions
from schemas.interchange.changes import Change
from schemas.interchange.forms import MOST_BYTES, Form
from schemas.interchange.merging import Merged, merge
from schemas.interchange.sheets import sheets_of
from schemas.ruleset import load


class Tables:
    """Gives the tables of a version out and takes them back."""

    def __init__(self, versions: Versions, drafting: Drafting) -> None:
        self._versions = versions
        self._drafting = drafting

    def given_out(self, policy: str, version: str, form: Form) -> tuple[RulesetVersion, bytes]:
        """The tables of a version. Raises ``NotFound``, and ``Invalid`` while its text does not load."""
        found = self._versions.one(policy, version)
        return found, written(self._versions.text(found), form)

    def taken_back(
        self,
        principal: Principal,
        policy: str,
        version: str,
        content: bytes,
        form: Form,
        *,
        seen: Collection[str] | None,
        wins: bool = False,
    ) -> tuple[RulesetVersion, tuple[Change, ...]]:
        """Merge ``content`` into the text of a version, which is a draft again; what changed in it.

        Raises what ``merged`` and ``Drafting.edit`` raise.
        """
        text = self._versions.text(self._versions.one(policy, version))
        found = merged(text, policy, content, form, wins=wins)
        return self._drafting.edit(principal, policy, version, found.text, seen=seen), found.changes


def written(text: bytes, form: Form) -> bytes:
    """The tables of a text in a form; raises ``Invalid`` where it does not load or has no table."""
    ruleset, sheets = load(text), sheets_of(text)
    if not sheets:
        raise Invalid("There is nothing to give out.", [Problem("this ruleset has no table")])
    return form.write(ruleset, sheets)


def merged(text: bytes, policy: str, content: bytes, form: Form, *, wins: bool) -> Merged:
    """``text`` with what ``content`` says of its tables.

    A table that was changed since it was given out is refused, unless the content ``wins``. Raises
    ``Invalid`` with every cell that cannot be read and every table that does not fit.
    """
    ruleset = load(text)
    if len(content) > MOST_BYTES:
        raise Invalid(
            "The file is too large.",
            [Problem(told("at most {most} MiB are read", most=MOST_BYTES // 1024 // 1024))],
        )
    given = form.read(content, ruleset, sheets_of(text))
    if given.policy != policy:
        problem = Problem(
            told(
                "the tables are those of {policy}, and this is {other}",
                policy=given.policy or "no policy",
                other=policy,
            )
        )
        raise Invalid("The tables are another policy's.", [problem])
    return merge(text, given.sheets, None if wins else given.made_from)
