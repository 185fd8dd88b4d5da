"""How long ways forward take, from every decision of the demonstration that is not favourable.

One question after the other, in this process, as the service answers them: the decision is read back and
unsealed, the search made, and what it finds run by both engines. What each policy needs once, as its engines,
is made before.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple
from uuid import UUID

from app.cli import demo
from app.cli.opening import OPERATOR
from app.domain.declarations import OutcomeKind
from app.domain.ruleset import Ruleset
from app.domain.ways_forward import WaysForward
from app.services.assembly import Services, open_services
from app.services.decisions.deciding import Answer, Item
from app.settings import Settings
from tests.bench.machine import WORK
from tests.bench.report import Report, progress

TIMES = (1, 10)
MEDIAN, NINETY_FIFTH = 150.0, 1_000.0


class Asked(NamedTuple):
    """One question: what was found, and how many milliseconds it took, by the clock and of the processor."""

    found: WaysForward
    wall: float
    cpu: float


def measure(command: str, seconds: float) -> None:
    """Measure both portfolios, and report."""
    report = Report("alternatives", command)
    WORK.mkdir(parents=True, exist_ok=True)
    for times in TIMES:
        with tempfile.TemporaryDirectory(dir=WORK, prefix="alternatives-") as name:
            settings = Settings.from_env(
                {
                    "TERMWISE_DATABASE_URL": f"sqlite:///{name}/termwise.db",
                    "TERMWISE_KEYS_URL": f"sqlite:///{name}/keys.db",
                    "TERMWISE_MASTER_KEY_FILE": f"{name}/master.key",
                }
            )
            with open_services(settings, migrate=True) as services:
                services.publishing.synchronise(Path("rulesets"), OPERATOR.name, bootstrap=True)
                _tell(report, times, _portfolio(services, times))
    report.save()


def _portfolio(services: Services, times: int) -> dict[str, list[Asked]]:
    """Every question about a policy in which something may be changed."""
    rulesets = demo.active(services)
    number = demo.DECISIONS // len(rulesets) * times
    return {
        one.policy: [_asked(services, id) for id in _decided(services, one, number)]
        for one in rulesets
        if any(fact.changeable for fact in one.facts.values())
    }


def _decided(services: Services, ruleset: Ruleset, number: int) -> list[UUID]:
    """The decisions that are not favourable; the first was asked about, to have what is needed once."""
    progress(f"deciding {number} of {ruleset.policy}")
    items = [Item(one) for one in demo.requests(ruleset, services.deciding.now().date(), number)]
    made = services.deciding.decide_many(ruleset.policy, items, OPERATOR)
    found = [
        one.id
        for one in made
        if isinstance(one, Answer) and one.id and one.body["outcome_kind"] != OutcomeKind.FAVOURABLE
    ]
    services.alternatives.of(found[0])
    progress(f"asking about {len(found)} of {ruleset.policy}")
    return found


def _asked(services: Services, id: UUID) -> Asked:
    wall, cpu = time.perf_counter(), time.process_time()
    found = services.alternatives.of(id)
    return Asked(found, (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3)


def _tell(report: Report, times: int, asked: dict[str, list[Asked]]) -> None:
    progress("")
    every = [one for several in asked.values() for one in several]
    heads: tuple[str, ...] = (
        "policy",
        "asked",
        "with ways",
        "none, proven",
        "not settled",
        "median ms",
        "95th ms",
        "most ms",
    )
    heads += ("median CPU ms", "95th CPU ms", "most work")
    rows = [_row(name, several) for name, several in {**asked, "all": every}.items()]
    title = "The demonstration" if times == 1 else f"A portfolio {times} times as large"
    report.table(f"{title}, every decision that is not favourable", heads, rows)
    walls = sorted(one.wall for one in every)
    report.target(f"{title}: median ms", median(walls), MEDIAN, at_most=True)
    report.target(f"{title}: 95th percentile ms", _ninety_fifth(walls), NINETY_FIFTH, at_most=True)
    report.keep(title, walls)


def _row(name: str, asked: Sequence[Asked]) -> tuple[str, ...]:
    found = [one.found for one in asked]
    walls, cpus = sorted(one.wall for one in asked), sorted(one.cpu for one in asked)
    counts = (
        len(found),
        sum(bool(one.ways) for one in found),
        sum(one.settled and not one.ways for one in found),
        sum(not one.settled for one in found),
    )
    times = (median(walls), _ninety_fifth(walls), walls[-1], median(cpus), _ninety_fifth(cpus))
    return (
        name,
        *map(str, counts),
        *(f"{one:.0f}" for one in times),
        str(max(one.evaluations for one in found)),
    )


def _ninety_fifth(ascending: Sequence[float]) -> float:
    return ascending[math.ceil(len(ascending) * 0.95) - 1]
