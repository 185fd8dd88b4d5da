"""The examples of rules as the editor shows them: a sentence each, and fields where one is to be changed."""

from __future__ import annotations

from typing import NamedTuple

from app.services.rulesets.samples import Samples
from app.web.pages.editing.filling import Filled, is_filled, with_new
from app.web.pages.editing.spelling import shown
from app.web.pages.language import said
from app.web.pages.rulesets.failing import FailedExample, Failing
from schemas.interchange.outline import Outline
from schemas.interchange.outline_parts import ExampleText, Value


class Example(NamedTuple):
    """One example: ``told`` in words, ``fails`` as it is filled in, ``values`` are its fields."""

    told: FailedExample
    place: str
    fails: bool
    opened: bool
    values: tuple[Value, ...]

    @property
    def id(self) -> str:
        """Its name on the page."""
        return f"example-{self.told.rule}-{'fires' if self.told.fires else 'not'}"


def examples(
    outline: Outline,
    samples: Samples | None,
    filled: Filled,
    edit: str,
    *,
    step: str | None = None,
    asked: str = "",
) -> list[Example]:
    """The examples of a step in the order of the text; without one, those of all steps that are to be mended.

    ``asked`` is the rule whose examples are to have fields.
    """
    failing = None if samples is None else Failing(samples, edit)
    results = {} if samples is None else {(one.rule.id, one.fires): one for one in samples.examples}
    found = []
    for key, text in outline.examples.items():
        result = results.get(key)
        fails = result is not None and not result.holds
        opened = fails or text.rule == asked or is_filled(text.place, filled)
        if text.step != step and (step is not None or not opened):
            continue
        told = _bare(text) if failing is None or result is None else failing.example(result)
        values = with_new(outline, text.place, text.values, filled)
        found.append(Example(told, text.place, fails, opened, values))
    return found


def _bare(text: ExampleText) -> FailedExample:
    """An example of a text that does not load, as far as it can be told."""
    given = [(said(one.of.label), shown(one.written, one.of.type)) for one in text.values]
    return FailedExample(text.rule, text.rule, text.step, text.fires, "", given, "", "")
