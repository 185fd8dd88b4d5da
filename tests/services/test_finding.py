"""Finding decisions through the index of words gives exactly what looking at every one of them gives."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from app.domain.audit import Recording
from app.domain.identifiers import Identifiers
from app.domain.sealed import DecisionFilter, SealedRecording, Visible
from app.ledger import signing
from app.ledger.outside import Outside
from app.ledger.verifying import Fault
from app.services.log.sequencing import Sequencer
from app.services.log.verifying import Evidence, evidence_at, verify_database
from app.store.blocks import SIZE
from app.store.store import Store
from tests.recordings import NOON, ORIGIN, hashed, index, recorder, recording

DECISIONS, WAITING = 2 * SIZE + 300, 20
POLICIES, OUTCOMES = ("payment-terms", "credit-approval"), ("approve", "counter", "decline")
RULES = tuple(f"step/rule-{number}" for number in range(12))
PEOPLE, CUSTOMERS = ("sales-7", "sales-8"), tuple(f"C-{number}" for number in range(40))


class Filled:
    """A log whose first two blocks are indexed; some entries lie behind them, and some have no place yet."""

    def __init__(self, store: Store, url: str, evidence: Evidence, made: list[SealedRecording]) -> None:
        self.store = store
        self.url = url
        self.evidence = evidence
        self.made = sorted(made, key=lambda one: one.entry.id, reverse=True)

    def wanted(self, wanted: DecisionFilter) -> list[UUID]:
        """What looking at every decision finds, the newest first."""
        return [one.entry.id for one in self.made if fits(one, wanted)]

    def found(self, wanted: DecisionFilter, limit: int) -> list[UUID]:
        """What the search finds, page by page."""
        ids: list[UUID] = []
        after: UUID | None = None
        while True:
            page = self.store.finding.search(wanted, after=after, limit=limit)
            ids += [one.entry.id for one in page.decisions]
            after = page.next
            if after is None:
                return ids


@pytest.fixture(scope="module")
def filled(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """Made once; the tests only read, but for the last, which takes a row away and puts it back."""
    folder = tmp_path_factory.mktemp("finding")
    Store.migrate(shared_database_url, f"sqlite:///{folder}/keys.db")
    signing.make(folder / "signing.key", ORIGIN)
    outside = Outside(folder / "checkpoints")
    with Store.open(shared_database_url, f"sqlite:///{folder}/keys.db", writing=True) as store:
        sealing, made = recorder(store), [_made(number) for number in range(DECISIONS + WAITING)]
        sealed = [sealing._sealed(one) for one in made]
        key = partial(signing.load, folder / "signing.key", ORIGIN)
        sequencer = Sequencer(store.tree, outside, key, holder="one", now=lambda: NOON)
        # Those of every eighth hundred are made durable late: places do not follow ids everywhere.
        late = [one for number, one in enumerate(sealed[:DECISIONS]) if number // 100 % 8 == 3]
        first = [one for one in sealed[:DECISIONS] if one not in late]
        for some in (first[: 2 * SIZE - 300], late, first[2 * SIZE - 300 :]):
            store.record_many(some)
            sequencer.drain()
        store.record_many(sealed[DECISIONS:])
        line, files = evidence_at(folder / "checkpoints")
        yield Filled(store, shared_database_url, Evidence.of(line or "", files), sealed)


def _made(number: int) -> Recording:
    draw = Random(number)
    at = NOON + timedelta(seconds=60 * number)
    rules = tuple(sorted(one for place, one in enumerate(RULES) if draw.random() < 0.6**place))
    decision = index(
        policy=draw.choice(POLICIES),
        version="2.0.0" if number > SIZE else "1.0.0",
        outcome=draw.choice(OUTCOMES),
        outcome_kind="adverse" if draw.random() < 0.01 else "conditional",
        requested_by=draw.choice(PEOPLE),
        customer=draw.choice(CUSTOMERS) if draw.random() < 0.8 else None,
        reference=None if draw.random() < 0.5 else f"R-{number // 2}",
        reasons=("TOO_LONG",) if draw.random() < 0.1 else (),
        rules=rules,
    )
    id = Identifiers(lambda: at, secrets.randbits).new()
    said = ("policy", "version", "digest", "outcome")
    clear = {name: getattr(decision, name) for name in said}
    clear |= {"as_of": decision.as_of.isoformat(), "held": list(rules)}
    return recording(at, id=id, decision=decision, subject=None, actor=decision.requested_by, clear=clear)


def fits(one: SealedRecording, wanted: DecisionFilter) -> bool:
    """Whether a decision is what is wanted."""
    found, seen = one.decision, wanted.visible_to
    assert found is not None
    exact = ("policy", "version", "outcome", "outcome_kind", "customer", "reference", "requester")
    return (
        all(getattr(wanted, name) in (None, getattr(found, name)) for name in exact)
        and (wanted.rule is None or wanted.rule in found.rules)
        and (wanted.reason is None or wanted.reason in found.reasons)
        and (wanted.since is None or one.entry.at >= wanted.since)
        and (wanted.until is None or one.entry.at < wanted.until)
        and (seen is None or found.requester == seen.requester)
    )


def test_what_is_indexed_lies_beside_what_is_not(filled: Filled) -> None:
    assert filled.store.tree.blocks.count() == 2
    assert filled.store.tree.counts() == (DECISIONS + WAITING, DECISIONS, WAITING)


@pytest.mark.parametrize("number", range(4))
def test_every_mixture_of_filters_finds_what_fits_it_newest_first(filled: Filled, number: int) -> None:
    draw, choices = Random(f"filters {number}"), (RULES, OUTCOMES, POLICIES)
    for _ in range(12):
        rule, outcome, policy = (draw.choice((None, None, *some)) for some in choices)
        since = NOON + timedelta(hours=draw.randrange(40)) if draw.random() < 0.3 else None
        wanted = DecisionFilter(
            rule=rule or draw.choice(RULES),
            outcome=outcome,
            policy=policy,
            version=draw.choice((None, None, "1.0.0", "2.0.0")),
            outcome_kind=draw.choice((None, None, "adverse")),
            reason=draw.choice((None, None, None, "TOO_LONG")),
            requester=_actor(filled, draw),
            since=since,
            until=since + timedelta(hours=5) if since else None,
        )
        assert filled.found(wanted, limit=draw.choice((7, 50, 1000))) == filled.wanted(wanted)


def _actor(filled: Filled, draw: Random) -> bytes | None:
    one = draw.choice(filled.made).decision
    assert one is not None
    return one.requester if draw.random() < 0.3 else None


def test_no_other_index_is_needed_for_a_customer_a_reference_or_one_s_own(filled: Filled) -> None:
    draw = Random("columns")
    for _ in range(4):
        one = draw.choice(filled.made).decision
        assert one is not None
        own = Visible(one.requester, UUID(int=7))
        for wanted in (
            DecisionFilter(customer=one.customer, policy=one.policy, rule=RULES[0]),
            DecisionFilter(reference=one.reference, outcome=one.outcome),
            DecisionFilter(requester=one.requester, policy=one.policy),
            DecisionFilter(visible_to=own, outcome_kind="adverse"),
            DecisionFilter(visible_to=own, outcome=one.outcome, customer=hashed("C-none")),
        ):
            assert filled.found(wanted, limit=200) == filled.wanted(wanted)


def test_what_nobody_has_is_not_found(filled: Filled) -> None:
    for wanted in (DecisionFilter(rule="no/such"), DecisionFilter(policy="none", outcome="approve")):
        assert filled.found(wanted, limit=10) == []


def test_an_index_that_says_something_else_is_found_by_verifying(filled: Filled) -> None:
    store, silent = filled.store, lambda share: None
    assert verify_database(store, filled.url, ORIGIN, filled.evidence, silent).size == DECISIONS
    engine = create_engine(filled.url, isolation_level="AUTOCOMMIT")
    gone = "FROM decision_bits WHERE block = 1 AND word = 'rule step/rule-3' AND policy = 'payment-terms'"
    try:
        with closing(engine.connect()) as connection:
            row = connection.execute(text(f"SELECT policy, word, block, bits {gone}")).one()
            connection.execute(text(f"DELETE {gone}"))
            with pytest.raises(Fault, match="index over the decisions of entries 1,024 to 2,047"):
                verify_database(store, filled.url, ORIGIN, filled.evidence, silent)
            columns = "(policy, word, block, bits) VALUES (:policy, :word, :block, :bits)"
            connection.execute(text(f"INSERT INTO decision_bits {columns}"), dict(row._mapping))
    finally:
        engine.dispose()
