"""Whatever officers do in whatever order: four eyes, one active version, and no text that nobody approved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lifecycle import campaign
from tests.lifecycle.desk import Desk, opened_desk
from tests.lifecycle.playing import DEEDS, PEOPLE, Player, Step

SHORT = 25
_policies = count()
STEPS = st.builds(
    Step,
    st.integers(0, len(DEEDS) - 1),
    st.integers(0, len(PEOPLE) - 1),
    *(st.integers(0, limit) for limit in (3, 29, 2)),
)


@pytest.fixture(scope="module")
def desk(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    for name in ("termwise.db", "keys.db"):
        shutil.copy(migrated / name, folder)
    with opened_desk(f"sqlite:///{folder}/termwise.db", f"sqlite:///{folder}/keys.db") as desk:
        yield desk


@settings(max_examples=SHORT, deadline=None, database=None)
@given(st.lists(STEPS, min_size=15, max_size=30))
def test_any_sequence_of_steps_agrees_with_the_model(desk: Desk, steps: list[Step]) -> None:
    Player(desk, f"p-{next(_policies)}").play(steps)


def test_some_long_sequences_agree_with_the_model_and_get_everywhere() -> None:
    outcome = campaign.play(range(30), 50)
    assert outcome.violations == []
    done = {"activate", "approve", "edit", "retire", "return", "withdraw"}
    assert done | {"forge refused", "race refused"} <= set(outcome.done)


@pytest.mark.long
def test_ten_thousand_sequences_agree_with_the_model() -> None:
    violations = [one for part in campaign.run(10_000, 50) for one in part.violations]
    assert violations == []
