"""A malformed ruleset is told each fault with its line, where it stands and what would be right, and no more.

The faults stand in ``malformed/``, a file a family, written as changes of a
ruleset that uses every feature of the language.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.domain.errors import Invalid
from schemas.ruleset import load
from schemas.text import LOADER

HERE = Path(__file__).resolve().parent
SOUND = (HERE.parent / "rulesets" / "every-feature.yaml").read_text(encoding="utf-8")
FAMILIES: dict[str, list[dict[str, Any]]] = {
    path.stem: yaml.load(path.read_bytes(), LOADER) for path in sorted((HERE / "malformed").glob("*.yaml"))
}
FAULTS = [
    pytest.param(entry, id=f"{family}: {entry['fault']}")
    for family, entries in FAMILIES.items()
    for entry in entries
]


def written(entry: dict[str, Any]) -> str:
    """The text of a fault: its own, or the sound one with its changes."""
    text: str = entry.get("text", SOUND)
    for change in entry.get("changes", [entry] if "find" in entry else []):
        assert text.count(change["find"]) == 1, f"{change['find']!r} must stand once in the text"
        text = text.replace(change["find"], change["write"])
    return text


def test_the_ruleset_that_they_change_is_sound() -> None:
    assert load(SOUND).policy == "order-release"


@pytest.mark.parametrize("entry", FAULTS)
def test_every_message_and_its_line_are_as_written_down(entry: dict[str, Any]) -> None:
    text = written(entry)
    with pytest.raises(Invalid) as refused:
        load(text)
    lines = text.split("\n")
    told = [(lines[(problem.line or 0) - 1].strip(), problem.message) for problem in refused.value.problems]
    assert [message for _, message in told] == [one["message"] for one in entry["says"]]
    for (line, _), one in zip(told, entry["says"], strict=True):
        assert line.startswith(one["at"])


def test_the_title_counts_the_faults() -> None:
    with pytest.raises(Invalid, match=r"^The ruleset order-release has 2 faults$"):
        load(SOUND.replace("gaps: error", "gaps: no").replace("overlaps: warn", "overlaps: no"))
    with pytest.raises(Invalid, match=r"^The ruleset order-release has 1 fault$"):
        load(SOUND.replace("gaps: error", "gaps: no"))


def test_a_hundred_of_very_many_faults_are_shown() -> None:
    facts = "\n".join(
        f"  Fact{n}: {{type: text, unknown: allowed, label: {{en: F, zh: F}}}}" for n in range(150)
    )
    with pytest.raises(Invalid, match="has 150 faults; the first 100 are shown") as refused:
        load(SOUND.replace("\nfacts:\n", f"\nfacts:\n{facts}\n"))
    assert len(refused.value.problems) == 100


def test_no_fault_stands_twice_in_the_corpus() -> None:
    named = Counter((family, entry["fault"]) for family, entries in FAMILIES.items() for entry in entries)
    changed = Counter(written(entry) for entries in FAMILIES.values() for entry in entries)
    assert [fault for fault, times in named.items() if times > 1] == []
    assert max(changed.values()) == 1
    assert len(named) >= 70
