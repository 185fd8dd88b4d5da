"""Filing: what came from outside goes into the customer file, and what cannot is told row by row.

The beginning of an import is an entry of the log, made before its first row is written: who brought it,
and the SHA-256 of what came; its end is another, with what became of the rows. Rows follow in transactions
of some thousands, between which decisions are made. One that was stopped is given again and goes on,
because what is there already changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.audit import EntryKind, Recording
from app.domain.customer_file import COUNTS, Filing, Import, ImportBegun, ImportFinished, RefusedRow, Source
from app.domain.customer_rules import CustomerRules
from app.domain.errors import Refused
from app.services.people.managing import OPERATOR, By
from app.services.policies import Policies
from app.services.recording import Recorder
from app.store.bulk import Behind, Pace
from app.store.customers import Customers
from schemas.customer_facts import FileFacts
from schemas.customer_items import Filed, Part, Read, Refusal, Skipped, problems_said
from schemas.decisions import sealed_bytes

FACTS, SIGNALS = "customer-facts", "customer-signals"
MOST_REFUSED = 200
"""So many refused rows are kept with an import."""


class What(NamedTuple):
    """What came: of which kind, the SHA-256 (32 bytes) of it as it came, and the name of its mapping."""

    kind: str
    sha256: bytes
    mapping: str | None = None


@dataclass(slots=True)
class Report:
    """What became of an import. ``written`` and ``unchanged`` are 0 of a dry run; ``id`` is None then.

    ``refusals`` are the first of those that were refused.
    """

    id: UUID | None = None
    read: int = 0
    written: int = 0
    unchanged: int = 0
    refused: int = 0
    left_out: int = 0
    facts: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, one: Refusal) -> None:
        """Count a row that cannot be taken, and keep the first of them."""
        self.refused += 1
        if len(self.refusals) < MOST_REFUSED:
            self.refusals.append(one)


class Imports:
    """Begins and finishes imports of any kind. ``now`` gives UTC, ``new_id`` an id at that instant."""

    def __init__(
        self,
        recorder: Recorder,
        *,
        now: Callable[[], datetime],
        new_id: Callable[[datetime], UUID],
    ) -> None:
        self._recorder = recorder
        self._now = now
        self._new_id = new_id

    def begin(self, what: What, *, by: By) -> Import:
        """The import, its entry durable."""
        at, who = self._now(), OPERATOR if by is None else by.id
        begun = Import(self._new_id(at), what.kind, what.sha256, what.mapping, who, at)
        self._recorder.record(
            Recording(
                id=begun.id,
                kind=EntryKind.IMPORT,
                at=at,
                clear={"what": what.kind, "state": "begun", "sha256": what.sha256.hex()},
                sealed_plaintext=sealed_bytes({"mapping": what.mapping}),
                actor=who,
                changes=(ImportBegun(begun),),
            )
        )
        return begun

    def finish(self, begun: Import, report: Report) -> None:
        """Write its counts, and what it refused."""
        at = self._now()
        done = replace(
            begun,
            finished_at=at,
            read=report.read,
            written=report.written,
            unchanged=report.unchanged,
            refused=report.refused,
        )
        refused = tuple(RefusedRow(one.place, one.customer, problems_said(one)) for one in report.refusals)
        counts = {name: getattr(done, name) for name in COUNTS}
        self._recorder.record(
            Recording(
                id=self._new_id(at),
                kind=EntryKind.IMPORT,
                at=at,
                clear={"what": done.kind, "state": "finished", "import": str(done.id), **counts},
                sealed_plaintext=sealed_bytes({"mapping": done.mapping}),
                actor=done.by,
                changes=(ImportFinished(done, refused),),
            )
        )


class CustomerFiling:
    """Files facts. ``zone`` says which day is today: no fact is of a day still to come."""

    def __init__(
        self,
        policies: Policies,
        customers: Customers,
        rules: CustomerRules,
        imports: Imports,
        *,
        now: Callable[[], datetime],
        zone: ZoneInfo,
    ) -> None:
        self._policies = policies
        self._customers = customers
        self._rules = rules
        self._imports = imports
        self._now = now
        self._zone = zone
        self._known: tuple[tuple[str, ...], FileFacts] | None = None

    def today(self) -> date:
        """The last day of which a fact may be."""
        return self._now().astimezone(self._zone).date()

    def facts(self) -> FileFacts:
        """What may be filed, by the rulesets in force."""
        now, found = self._now(), []
        for policy in self._policies.names():
            try:
                found.append(self._policies.in_force(policy, now))
            except Refused:  # none of its versions is in force, so it takes nothing
                continue
        digests = tuple(one.ruleset.digest for one in found)
        if self._known is None or self._known[0] != digests:
            self._known = digests, FileFacts([one.ruleset for one in found], self._rules)
        return self._known[1]

    def check(self, rows: Iterable[Read], refused: Callable[[Refusal], object]) -> Report:
        """What would become of ``rows``; ``refused`` is told of each that cannot be filed."""
        report = Report()
        for _ in self._accepted(rows, report, refused):
            pass
        return report

    def file(
        self, rows: Iterable[Read], what: What, *, by: By, refused: Callable[[Refusal], object]
    ) -> Report:
        """File ``rows``; those that cannot be are told to ``refused``, the others are durable on return.

        Raises ``Unavailable``; what was written until then stays, and the same again goes on.
        """
        begun = self._imports.begin(what, by=by)
        report = Report(begun.id)
        pace = Pace(self._customers.worked)
        accepted = self._accepted(rows, report, refused)
        with Behind[Filed](lambda chunk: self._write(chunk, begun, report, pace)) as behind:
            while chunk := list(islice(accepted, pace.rows)):
                behind.put(chunk)
        self._imports.finish(begun, report)
        return report

    def _accepted(
        self, rows: Iterable[Read], report: Report, refused: Callable[[Refusal], object]
    ) -> Iterator[Filed]:
        for row in rows:
            report.read += 1
            if isinstance(row, Filed):
                report.facts += sum(len(part.facts) for part in row.parts)
                yield row
            elif isinstance(row, Skipped):
                report.left_out += 1
            else:
                report.refuse(row)
                refused(row)

    def _write(self, chunk: Sequence[Filed], begun: Import, report: Report, pace: Pace) -> None:
        filings = [_filing(row.customer, part, begun) for row in chunk for part in row.parts]
        changed = iter(pace.timed(self._customers.file, filings))
        for row in chunk:
            new = [next(changed) for _ in row.parts]
            report.written += any(new)
            report.unchanged += not any(new)


def _filing(customer: str, part: Part, begun: Import) -> Filing:
    author = begun.by if part.source is Source.MANUAL else None
    return Filing(
        customer, part.as_of, part.source, part.facts, begun.id, part.evidence, author, part.currency
    )
