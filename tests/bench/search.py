"""Searching among a million decisions: ``python -m tests.bench.search [--decisions N] [--postgresql]``.

Makes a demonstration and records so many decisions more, with documents that open, through the recorder and
not by deciding; gives them their places; and asks the page of the search, signed in as an auditor and as a
sales representative, for the first and a later page of each filter. Prints medians of the time and of what
the processor spent, and each statement's plan where it reads a table from end to end or sorts. A ``--folder``
is kept and used again.
"""

from __future__ import annotations

import argparse
import json
import re
import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from app.cli import demo, opening
from app.domain.audit import DecisionIndex, Recording
from app.domain.identifiers import Identifiers
from app.domain.keeping import of_customer
from app.domain.people import Role
from app.factory import application
from app.services.assembly import Services, open_services
from app.services.recording import Wanted
from app.settings import Settings
from app.store.databases import parsed, writing_engine
from app.store.log_writer import LogWriter
from app.web.cookies import NAME
from app.web.limits import Limits
from app.web.metrics import Metrics
from tests import people, postgresql
from tests.bench.report import Report
from tests.pages.company import LOGINS
from tests.web.service import settings_for

DECISIONS, CUSTOMERS, AT_ONCE, TIMES = 1_000_000, 20_000, 20_000, 15
WANTED_MS = 100
END = datetime(2026, 11, 20, tzinfo=UTC)
RARE, SELDOM = "bench/rare", "bench/seldom"
"""A rule of three decisions in a million, and one of a decision in five thousand."""


@dataclass(frozen=True)
class Sample:
    """A decision of the demonstration, to be recorded again on others."""

    clear: Mapping[str, Any]
    document: Mapping[str, Any]
    index: DecisionIndex


def samples(services: Services) -> list[Sample]:
    """Every decision of the demonstration."""
    found, after = [], None
    while True:
        page = services.recorder.search(Wanted(), after=after, limit=500)
        for stored in page.decisions:
            clear = json.loads(stored.entry.leaf)["clear"]
            document = json.loads(services.recorder.unsealed(stored.entry))
            one = stored.index
            index = DecisionIndex(
                policy=one.policy,
                version=one.version,
                digest=one.digest,
                outcome=one.outcome,
                outcome_kind=one.outcome_kind,
                as_of=one.as_of,
                requested_by=document["requested_by"],
                reasons=one.reasons,
                rules=one.rules,
            )
            found.append(Sample({name: clear[name] for name in clear if name != "actor"}, document, index))
        after = page.next
        if after is None:
            return found


def made(some: Sequence[Sample], requesters: Sequence[str], decisions: int) -> Iterator[Recording]:
    """So many decisions in the order of their times, over a year, always the same but for their ids."""
    draw = Random(20261122)
    step = timedelta(days=365) / decisions
    for number in range(decisions):
        one, at = draw.choice(some), END - step * (decisions - number)
        customer, reference = f"B-{draw.randrange(CUSTOMERS):05}", f"R-{number // 3:07}"
        more = [RARE] if number % (decisions // 3) == 7 else [SELDOM] if number % 5_000 == 11 else []
        asker = draw.choice(requesters)
        rules = (*one.index.rules, *more)
        yield Recording(
            id=Identifiers(lambda at=at: at, secrets.randbits).new(),  # type: ignore[misc]
            kind="decision",
            at=at,
            clear={**one.clear, "held": list(rules)},
            sealed_plaintext=json.dumps(
                {**one.document, "customer": customer, "reference": reference, "requested_by": asker}
            ).encode(),
            subject=customer,
            actor=asker,
            not_held=100,
            decision=replace(
                one.index, requested_by=asker, customer=customer, reference=reference, rules=rules
            ),
        )


def fill(services: Services, decisions: int) -> None:
    """Record them and give them places."""
    began = time.monotonic()
    list(demo.load(services, opening.OPERATOR))
    found = [services.people.find(login) for login in LOGINS.values()]
    everyone = [str(one.id) for one in found if one is not None]
    source, left = made(samples(services), everyone, decisions), decisions
    engine = writing_engine(parsed(services.settings.database_url))
    writer = LogWriter(engine)  # many in a commit, which the recorder would not let decisions wait for
    services.recorder._vault.prepare(of_customer(f"B-{number:05}") for number in range(CUSTOMERS))
    while left:
        some = [services.recorder._sealed(next(source)) for _ in range(min(AT_ONCE, left))]
        failed = [one for one in writer.commit(some) if one is not None]
        assert not failed, failed[0]
        left -= len(some)
        print(f"\r{decisions - left:,} recorded in {time.monotonic() - began:.0f} s", end="", flush=True)
    writer.close()
    engine.dispose()
    while services.sequencer.drain() or services.sequencer.index():
        pass
    print(f", placed and indexed after {time.monotonic() - began:.0f} s\n", flush=True)


def asked(services: Services) -> dict[str, dict[str, str]]:
    """The searches, by what they are called."""
    newest = services.recorder.search(Wanted(), limit=1).decisions[0].index
    policies = services.policies.names()
    reason = newest.reasons[0] if newest.reasons else "NONE"
    return {
        "everything": {},
        "policy": {"policy": policies[0]},
        "customer": {"customer": "B-00017"},
        "customer and policy": {"customer": "B-00017", "policy": policies[0]},
        "reference": {"reference": "R-0000007"},
        "answer": {"outcome": newest.outcome},
        "kind of answer": {"outcome_kind": "adverse"},
        "policy and kind": {"policy": newest.policy, "outcome_kind": newest.outcome_kind},
        "version": {"policy": newest.policy, "version": newest.version},
        "rule, frequent": {"rule": newest.rules[0]},
        "rule, 1 in 5,000": {"rule": SELDOM},
        "rule, 3 in all": {"rule": RARE},
        "rule, of none": {"rule": "no/such"},
        "rule and customer": {"rule": newest.rules[0], "customer": "B-00017"},
        "rule and policy": {"policy": newest.policy, "rule": newest.rules[0]},
        "rule and reason": {"rule": newest.rules[0], "reason": reason},
        "reason": {"reason": reason},
        "person": {"requested_by": LOGINS[Role.CREDIT_OFFICER]},
        "person and rule, 1 in 5,000": {"requested_by": LOGINS[Role.CREDIT_OFFICER], "rule": SELDOM},
        "days, a month long ago": {"since": "2026-01-01", "until": "2026-01-31"},
        "days and rule, 1 in 5,000": {"since": "2026-01-01", "until": "2026-01-31", "rule": SELDOM},
        "days and kind": {"since": "2026-03-01", "until": "2026-03-31", "outcome_kind": "adverse"},
    }


SALES_MAY_NOT = {"rule", "reason"}
ROW = re.compile('<td><a href="/decisions/([0-9a-f-]+)"')


class Statements:
    """What was sent to a database, each once with the parameters of its last time."""

    def __init__(self, engine: Engine) -> None:
        self.sent: dict[str, Any] = {}
        self.engine = engine
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        if "decision" in statement and not statement.startswith("EXPLAIN"):
            self.sent[statement] = given

    def plans(self) -> Iterator[tuple[str, list[str]]]:
        """Each statement with its plan, line by line."""
        sent, self.sent = self.sent, {}
        prefix = "EXPLAIN QUERY PLAN " if self.engine.dialect.name == "sqlite" else "EXPLAIN "
        for statement, given in sent.items():
            with self.engine.connect() as connection:
                rows = connection.exec_driver_sql(prefix + statement, given).all()
            yield " ".join(statement.split()), [str(row[-1]) for row in rows]


def timed(client: FlaskClient, query: Mapping[str, str]) -> tuple[float, float, str]:
    """Median milliseconds of an asking, those of the processor, and the page."""
    took, spent, address = [], [], f"/decisions?{urlencode(query)}"
    answer = client.get(address, buffered=True)
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(address, buffered=True)
        took.append(1000 * (time.perf_counter() - began))
        spent.append(1000 * (time.process_time() - worked))
    assert answer.status_code == 200, answer.text[:2_000]
    return median(took), median(spent), answer.text


def measure(services: Services, decisions: int, command: str) -> None:
    """Ask for everything, print and save."""
    hours = iter(range(0, 10**9, 3600))
    app = application(services, Metrics(), limits=Limits(lambda: next(hours)))
    statements = Statements(services.store.finding.engine)
    report = Report("Search", command)
    figures: dict[str, tuple[float, float]] = {}
    half_way = _half_way(services, decisions)
    for role in (Role.AUDITOR, Role.SALES):
        person = services.people.find(LOGINS[role])
        assert person is not None
        client = app.test_client()
        client.set_cookie(NAME, people.session(services, person))
        rows, plans = [], dict[str, list[str]]()
        for name, query in asked(services).items():
            if role is Role.SALES and SALES_MAY_NOT & query.keys():
                continue
            for where, more in (("first", {}), ("half way", {"after": half_way})):
                took, spent, page = timed(client, {**query, **more})
                found = len(set(ROW.findall(page)))
                figures[f"{role}: {name}, {where}"] = (took, spent)
                rows.append([name, where, str(found), f"{took:.0f}", f"{spent:.0f}"])
            plans |= dict(statements.plans())
        report.table(f"{role}: the page", ("filter", "from", "found", "ms", "processor ms"), rows)
        for statement, plan in plans.items():
            if any(word in line for line in plan for word in ("SCAN", "TEMP", "Seq Scan", "Sort")):
                report.remark(f"`{statement[:500]}`\n" + "".join(f"\n    {line}" for line in plan))
        report.keep(f"plans {role}", plans)
    report.keep("milliseconds", figures)
    for number, what in enumerate(("", " (processor)")):
        slowest = max(one[number] for one in figures.values())
        report.target(f"slowest page{what} at {decisions:,} decisions, ms", slowest, WANTED_MS, at_most=True)
    report.save()


def _half_way(services: Services, decisions: int) -> str:
    """The id of a decision in the middle."""
    (placed,) = services.store.tree.placed(decisions // 2, decisions // 2 + 1)
    return str(UUID(str(placed.id)))


@contextmanager
def opened(folder: Path, on_postgresql: bool) -> Iterator[tuple[Services, bool]]:
    """The services over that folder, and whether it has to be filled."""
    folder.mkdir(parents=True, exist_ok=True)
    settings: Settings = settings_for(folder)
    if not on_postgresql:
        fresh = not (folder / "termwise.db").exists()
        with open_services(settings, migrate=True) as services:
            yield services, fresh
        return
    binaries = postgresql.binaries()
    assert binaries is not None, "there is no PostgreSQL here"
    with postgresql.running(binaries, wait_for_disk=False) as server:
        server.run("CREATE DATABASE log", "CREATE DATABASE keys")
        settings = replace(settings, database_url=server.url("log"), keys_url=server.url("keys"))
        with open_services(settings, migrate=True) as services:
            yield services, True


def main() -> None:
    """Fill where nothing is yet, and measure."""
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__)
    arguments.add_argument("--decisions", type=int, default=DECISIONS)
    arguments.add_argument("--folder", type=Path)
    arguments.add_argument("--postgresql", action="store_true")
    given = arguments.parse_args()
    more = " --postgresql" if given.postgresql else ""
    command = f"python -m tests.bench.search --decisions {given.decisions}{more}"
    with (
        tempfile.TemporaryDirectory() as elsewhere,
        opened(given.folder or Path(elsewhere), given.postgresql) as (services, fresh),
    ):
        if fresh:
            fill(services, given.decisions)
        if given.postgresql:
            with services.store.finding.engine.connect() as connection:
                connection.execute(text("ANALYZE"))
        measure(services, given.decisions, command)


if __name__ == "__main__":
    main()
