"""Decisions a second of the batch function by one process and by two, beside ``decide_many``, in one run.

``python -m tests.bench.spread [--invoices N]``: the same invoices decided and recorded, on SQLite.
"""

from __future__ import annotations

import argparse
import os
import secrets
import time
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from app.domain.identifiers import Identifiers
from app.domain.requests import Caller, DecisionRequest
from app.services.assembly import open_services
from app.services.decisions.batching import Batch, Decided, begin, decided
from app.services.decisions.deciding import Answer, Item
from app.services.decisions.making import Asked
from app.services.log.spreading import by_processes
from app.services.services import Services
from app.settings import Settings
from tests.bench.portfolio import DAY, Made, portfolio

POLICY = "collections-escalation"
AT_ONCE = 200
Work: TypeAlias = Callable[[Services, Iterator[DecisionRequest]], Iterator[int]]
CALLER = Caller("bench", "file", may_give_any=True, backdate=True)


def main() -> None:
    """Print the rates and their ratios."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.spread", description=__doc__)
    arguments.add_argument("--invoices", type=int, default=4000)
    given = arguments.parse_args()
    rates = {}
    for name, work in (
        ("decide_many", _one_by_one),
        ("1 process", lambda services, asked: _spread(services, asked, 1)),
        ("2 processes", lambda services, asked: _spread(services, asked, 2)),
    ):
        with TemporaryDirectory() as folder, _services(Path(folder)) as services:
            rates[name] = _rate(services, work, given.invoices)
        ratio = rates[name] / rates["decide_many"]
        print(f"{name:12} {rates[name]:8,.0f}/s, {ratio:.2f} of decide_many; load {os.getloadavg()[0]:.1f}")


def _rate(services: Services, work: Work, number: int) -> float:
    """Decisions a second from the first that are recorded on: processes have begun by then."""
    done = work(services, islice(_requests(), number))
    first, began = next(done), time.perf_counter()
    rest = sum(done)
    assert first + rest == number
    return rest / (time.perf_counter() - began)


def _requests() -> Iterator[DecisionRequest]:
    made: Iterator[Made] = (one for one in portfolio(10**6, 10**7) if one.paid_on is None)
    for number in count():
        one = next(made)
        facts = {"due_date": one.due_on.isoformat(), "open_amount": f"{one.amount / 100:.2f}"}
        yield DecisionRequest(facts, f"C-{number % 2000}", f"R-{number}", DAY)


def _one_by_one(services: Services, requests: Iterator[DecisionRequest]) -> Iterator[int]:
    answers = services.deciding.decide_many(POLICY, (Item(one) for one in requests), CALLER)
    while some := list(islice(answers, AT_ONCE)):
        yield sum(isinstance(one, Answer) for one in some)


def _spread(services: Services, requests: Iterator[DecisionRequest], processes: int) -> Iterator[int]:
    ready = services.policies.in_force(POLICY, services.deciding.now())
    digest, now = ready.ruleset.digest, services.deciding.now
    new_id = Identifiers(now, secrets.randbits).at

    def batches() -> Iterator[Batch]:
        while some := list(islice(requests, AT_ONCE)):
            at = now()
            asked = [Asked(one, CALLER, at, DAY, new_id(at), new_id(at)) for one in some]
            yield Batch(digest, asked, [{}] * len(asked))

    texts = {digest: services.policies.text(digest)}
    for results in by_processes(decided, batches(), processes, begin, (texts, services.customers.rules)):
        recordings = [one for result in results if isinstance(result, Decided) for one in result.recordings]
        yield sum(not isinstance(one, Exception) for one in services.recorder.record_many(recordings))


def _services(folder: Path) -> Services:
    settings = Settings.from_env(
        {
            "TERMWISE_DATABASE_URL": f"sqlite:///{folder}/termwise.db",
            "TERMWISE_MASTER_KEY_FILE": f"{folder}/master.key",
        }
    )
    services = open_services(settings, migrate=True)
    services.publishing.synchronise(settings.rulesets, "bench", bootstrap=True)
    return services


if __name__ == "__main__":
    main()
