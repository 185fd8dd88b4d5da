"""What is put on paper: headings, sentences, lists and lines of a label and a value, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """A label and what stands beside it, one below the other where it is several."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, in this order; ``fine_print`` is set smaller."""

    heading: str
    before: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    items: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    fine_print: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document of a page or two. ``language`` is ``en`` or ``zh``.

    ``issuer`` are lines about who issues it, the name first; ``warning`` tells whoever would send it what is
    still missing, and is empty when nothing is. ``footer`` stands on every page.
    """

    language: str
    title: str
    subtitle: str
    issuer: tuple[str, ...]
    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    footer: str
    warning: str = ""
