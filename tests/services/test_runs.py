"""Runs over customers: who is due, who has a new signal, whose standing changed; and the batch function."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from secrets import randbits
from typing import Any
from uuid import UUID

import pytest

from app.domain.customer_file import Filing, Source
from app.domain.errors import Invalid, Refused
from app.domain.identifiers import Identifiers
from app.domain.keeping import Reason
from app.domain.people import Authority, Principal
from app.domain.receivables.documents import Document, DocumentKind
from app.domain.referrals import ResolutionRequest
from app.domain.requests import Caller, DecisionRequest
from app.domain.runs import Run, RunItem
from app.domain.sealed import ReferralState
from app.domain.signals import Signal
from app.services.assembly import Services, open_services
from app.services.decisions.batching import Batch, Batching, Decided, begin, decided
from app.services.decisions.deciding import Answer, Item
from app.services.decisions.making import Asked
from app.services.log.spreading import by_processes
from app.services.recording import Wanted
from app.services.referrals.worklist import ReferralsWanted
from app.services.runs.worklists import all_work
from app.settings import Settings
from schemas.decisions import document_of
from tests import people

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ("limit-adjustment", "collections-escalation")
DAY = date(2026, 10, 31)
ORIGIN = UUID(int=7)
LATELY = dict.fromkeys(("last_grading_date", "last_transaction_review", "credit_file_date"), "2026-10-01")
LIMIT = {"credit_limit": "500000.00", "grade": "B", "relationship_years": "2.00"}
"""Of a customer whose reviews were all done a month ago."""


@pytest.fixture(scope="module")
def rulesets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two of the shipped policies."""
    folder = tmp_path_factory.mktemp("rulesets")
    for policy in POLICIES:
        shutil.copytree(ROOT / "rulesets" / policy, folder / policy)
    published = (ROOT / "rulesets" / "PUBLISHED").read_text().splitlines()
    kept = [line for line in published if any(policy in line for policy in POLICIES)]
    (folder / "PUBLISHED").write_text("\n".join(kept) + "\n")
    return folder


@pytest.fixture
def services(tmp_path: Path, database_url: str, keys_url: str, rulesets: Path) -> Iterator[Services]:
    """On either database."""
    with opened(tmp_path, database_url, keys_url, rulesets) as found:
        yield found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, migrated: Path, rulesets: Path) -> Iterator[Services]:
    """On SQLite, for tests that do not get into each other's way; down the file their days go forward."""
    folder = tmp_path_factory.mktemp("shared")
    for name in ("termwise.db", "keys.db"):
        shutil.copy(migrated / name, folder)
    with opened(folder, f"sqlite:///{folder}/termwise.db", f"sqlite:///{folder}/keys.db", rulesets) as found:
        yield found


@contextmanager
def opened(folder: Path, database_url: str, keys_url: str, rulesets: Path) -> Iterator[Services]:
    settings = Settings.from_env(
        {
            "TERMWISE_DATABASE_URL": database_url,
            "TERMWISE_KEYS_URL": keys_url,
            "TERMWISE_MASTER_KEY_FILE": f"{folder}/master.key",
            "TERMWISE_CHECKPOINTS": f"{folder}/checkpoints",
            "TERMWISE_RULESETS": str(rulesets),
        }
    )
    with open_services(settings) as services:
        services.publishing.synchronise(rulesets, "operator", bootstrap=True)
        yield services


def file(services: Services, customer: str, facts: dict[str, Any], day: date = date(2026, 10, 1)) -> None:
    services.store.customers.file([Filing(customer, day, Source.ERP, facts, ORIGIN, currency="CNY")])


def owe(
    services: Services,
    number: str,
    customer: str,
    due_on: date,
    amount: int = 1000_00,
    issued_on: date = date(2026, 9, 1),
) -> None:
    documents = [Document(DocumentKind.INVOICE, number, customer, issued_on, due_on=due_on, amount=amount)]
    services.store.receivables.write(documents, ORIGIN)


def ran(services: Services, name: str, day: date = DAY, *, again: bool = False) -> Run:
    run = services.runs.begin(name, day, by=None, again=again)
    return services.runs.go(run, 1, lambda done, total: None, lambda: False)


def items(services: Services, run: Run) -> dict[str, RunItem]:
    found = all_work(services.runs.stored, run, services.runs.rules(run.name))
    return {one.item.reference: one.item for one in found}


def settling(services: Services, policy: str) -> Principal:
    """Somebody who may settle anything of a policy."""
    officer = people.person(services, "officer")
    services.people.set_authority(officer.id, Authority(policy), by=None)
    return Principal(officer, session=b"s")


def waiting_rows(
    services: Services, who: Principal, state: ReferralState = ReferralState.OPEN
) -> Sequence[dict[str, Any]]:
    return services.worklist.listed(ReferralsWanted(state=state), who).referrals


def waiting(services: Services, who: Principal) -> list[UUID]:
    return [UUID(one["decision"]) for one in waiting_rows(services, who)]


def work(services: Services, run: Run) -> dict[str, Any]:
    return {one.customer: one.told for one in items(services, run).values()}


def test_of_all_with_a_limit_those_are_decided_of_whom_a_review_is_due(services: Services) -> None:
    file(services, "C-none", LATELY)
    file(services, "C-new", {**LIMIT, **LATELY})
    file(services, "C-old", {**LIMIT, **LATELY, "last_grading_date": "2026-06-01"})
    run = ran(services, "reviews")
    assert (run.counts["looked_at"], run.counts["decided"], run.counts["not_due"]) == (2, 1, 1)
    (told,) = work(services, run).values()
    assert told["reviews_due"] == ["GRADING"]
    held = services.store.customers.held("C-old", DAY)
    assert held["warning_level"].source is Source.DECISION
    assert ran(services, "reviews").counts == run.counts


def test_monitoring_decides_on_new_signals_and_changed_standing_and_then_is_quiet(
    services: Services,
) -> None:
    for name in ("C-1", "C-2", "C-3"):
        file(services, name, {**LIMIT, **LATELY})
    first = ran(services, "monitoring", date(2026, 10, 28))
    assert first.counts["decided"] == 3
    decided = services.recorder.search(Wanted(policy=POLICIES[0])).decisions
    hashes = {services.recorder.customer_hash(name) for name in ("C-1", "C-2", "C-3")}
    assert {one.index.customer for one in decided} == hashes
    assert len(decided) == 3
    signal = Signal("C-2", "negative-news", date(2026, 10, 29), Source.AGENCY, ORIGIN)
    services.customers.signalling.file([signal], [], bytes(32), by=None)
    owe(services, "I-3", "C-3", date(2026, 10, 1))
    second = ran(services, "monitoring", date(2026, 10, 29))
    assert (second.counts["decided"], second.counts["not_due"]) == (2, 1)
    assert set(work(services, second)) <= {"C-2", "C-3"}
    third = ran(services, "monitoring", date(2026, 10, 29), again=True)
    assert (third.round, third.counts.get("decided", 0)) == (2, 0)


def test_a_newer_referral_takes_the_place_of_an_older_one_on_the_same_customer(services: Services) -> None:
    officer = settling(services, "limit-adjustment")
    file(services, "C-1", {**LIMIT, **LATELY, "asset_freeze": True})
    first, second = (work_of_one(services, "monitoring", day) for day in (25, 26))
    assert first != second
    assert waiting(services, officer) == [second]
    (old,) = waiting_rows(services, officer, ReferralState.SUPERSEDED)
    assert (old["decision"], old["decided_since"]["decision"]) == (str(first), str(second))
    wanted = ResolutionRequest("suspend", "PROPOSAL_CONFIRMED")
    with pytest.raises(Refused, match=f"Settle decision {second} instead") as refused:
        services.settling.settle(first, wanted, officer)
    assert refused.value.conflict
    services.settling.settle(second, wanted, officer)
    assert waiting(services, officer) == []


def work_of_one(services: Services, name: str, day: int) -> UUID:
    """The decision of the only customer, whose standing another signal has changed."""
    signal = Signal("C-1", "negative-news", date(2026, 10, day), Source.AGENCY, ORIGIN)
    services.customers.signalling.file([signal], [], bytes(32), by=None)
    (one,) = items(services, ran(services, name, date(2026, 10, day))).values()
    assert one.decision is not None
    return one.decision


@pytest.mark.parametrize(
    ("reason", "terms", "limit"),
    [
        ("PROPOSAL_CONFIRMED", {}, "200000.00"),
        ("PROPOSAL_CONFIRMED", {"proposed_limit": "120000.00"}, "120000.00"),
        ("PROPOSAL_DECLINED", {}, "500000.00"),
        ("OTHER_REASON", {"proposed_limit": "120000.00"}, "120000.00"),
    ],
)
def test_a_cut_proposed_with_a_hold_is_the_limit_once_a_person_confirms_it(
    shared: Services, reason: str, terms: dict[str, Any], limit: str
) -> None:
    name = f"C-cut-{reason}-{len(terms)}"
    officer = settling(shared, "limit-adjustment")
    file(shared, name, {**LIMIT, **LATELY, "asset_freeze": True})
    answer = shared.deciding.decide(
        "limit-adjustment",
        DecisionRequest({}, name, None, DAY),
        Caller("asker", "credit-officer", backdate=True),
    )
    assert answer.id is not None
    assert answer.body["outcome"] == "suspend"
    shared.settling.settle(answer.id, ResolutionRequest("suspend", reason, terms, note="seen"), officer)
    held = shared.store.customers.held(name, date(2999, 1, 1))
    assert held["credit_limit"].value == limit


def test_a_referral_tells_that_its_invoice_is_settled_by_now(services: Services) -> None:
    officer = settling(services, "collections-escalation")
    owe(services, "I-1", "C-1", date(2026, 8, 20), issued_on=date(2026, 7, 1))
    owe(services, "I-2", "C-1", date(2026, 8, 20), issued_on=date(2026, 7, 1))
    ran(services, "collections")
    paid = Document(DocumentKind.PAYMENT, "P-1", "C-1", date(2026, 10, 15), invoice="I-1", amount=1000_00)
    services.store.receivables.write([paid], ORIGIN)
    rows = waiting_rows(services, officer)
    assert {one["reference"]: one["invoice_settled_on"] for one in rows} == {"I-1": "2026-10-15", "I-2": None}


def test_a_run_that_goes_by_steps_taken_does_not_go_back_behind_a_later_one(services: Services) -> None:
    ran(services, "collections", date(2026, 10, 20))
    later = ran(services, "collections", date(2026, 10, 21))
    for again in (False, True):
        with pytest.raises(Refused, match="that of 2026-10-21 was begun"):
            ran(services, "collections", date(2026, 10, 19), again=again)
    with pytest.raises(Refused, match="Give a day from 2026-10-21 on"):
        ran(services, "collections", date(2026, 10, 20), again=True)
    assert ran(services, "collections", date(2026, 10, 20)).finished_at is not None
    assert ran(services, "collections", date(2026, 10, 21), again=True).round == later.round + 1


def test_what_was_recorded_before_a_stop_is_found_again_as_it_was_decided(shared: Services) -> None:
    day = date(2026, 8, 20)
    for number in ("S-1", "S-2"):
        owe(shared, number, "S", date(2026, 8, 1), issued_on=date(2026, 7, 1))
    run = ran(shared, "collections", day)
    before = items(shared, run)
    shared.store.bulk.run(_as_if_stopped)
    owe(
        shared, "S-2", "S", date(2026, 8, 1), 5_00, issued_on=date(2026, 7, 1)
    )  # corrected while it was down: decided is decided
    again = ran(shared, "collections", day)
    after = items(shared, again)
    assert set(before) == {"S-1", "S-2"}
    assert after == before
    anew = ran(shared, "collections", day, again=True)
    assert (anew.counts["decided"], anew.counts["unchanged"]) == (1, 1)


def _as_if_stopped(cursor: Any) -> None:
    cursor.execute("DELETE FROM run_item WHERE reference LIKE 'S-%'")
    cursor.execute("UPDATE run SET done_until = NULL, finished_at = NULL WHERE as_of = '2026-08-20'")


def test_a_customer_is_contacted_once_in_the_quiet_days_whatever_the_number_of_invoices(
    services: Services,
) -> None:
    for number, due_on in {"Q-1": 5, "Q-2": 6, "Q-3": 7}.items():
        owe(services, number, "Q", date(2026, 10, due_on))
    owe(services, "R-1", "R", date(2026, 10, 7))
    contacts = {"ASK_REASON", "SEND_FRIENDLY_REMINDER"}
    contacted, held = [], []
    for day in (7, 12, 15, 17, 18):
        for number, one in items(services, ran(services, "collections", date(2026, 10, day))).items():
            if contacts.intersection(one.told["actions"] or ()):
                contacted.append((number, day))
            elif one.outcome == "hold":
                held.append((number, day))
    assert contacted == [("Q-1", 7), ("R-1", 7), ("Q-1", 12), ("Q-2", 15), ("R-1", 15), ("Q-3", 18)]
    assert held == [("Q-2", 7), ("Q-3", 7), ("Q-3", 15), ("Q-3", 17)]
    again = ran(services, "collections", date(2026, 10, 18), again=True)
    assert (again.counts.get("decided", 0), again.counts["unchanged"]) == (0, 4)


def test_a_request_knows_of_a_contact_about_another_invoice_of_its_customer(shared: Services) -> None:
    owe(shared, "K-1", "K", date(2026, 10, 1))
    ran(shared, "collections", date(2026, 10, 8))
    caller = Caller("somebody", "file", may_give_any=True, backdate=True)

    def contact(reference: str, customer: str, day: int) -> tuple[str, Any]:
        facts = {"due_date": "2026-10-01", "open_amount": "1000.00", "disputed": False}
        request = DecisionRequest(facts, customer, reference, date(2026, 10, day))
        answer = shared.deciding.decide("collections-escalation", request, caller).body
        return answer["outcome"], answer["facts"]["last_contact"]

    assert contact("K-2", "K", 8) == ("hold", "2026-10-08")
    assert contact("K-2", "K", 11) == ("act", "2026-10-08")
    assert contact("K-1", "K", 8) == ("act", None)
    assert contact("L-2", "L", 8) == ("act", None)


def test_an_erased_customer_is_in_no_run_any_more(shared: Services) -> None:
    owe(shared, "E-1", "E-1", date(2026, 10, 1))
    owe(shared, "E-2", "E-2", date(2026, 10, 1))
    run = ran(shared, "collections", date(2026, 10, 10))
    assert set(work(shared, run)) >= {"E-1", "E-2"}
    shared.keeping.erasing.erase("E-1", Reason.SUBJECT_REQUEST, None, by=None)
    assert set(work(shared, run)) & {"E-1", "E-2"} == {"E-2"}


def test_what_is_recalled_in_bulk_is_what_is_recalled_one_by_one(shared: Services) -> None:
    for number in range(3):
        owe(shared, f"I-{number}", f"C-{number}", date(2026, 10, 20 + number))
    for day in (date(2026, 10, 21), date(2026, 10, 24)):
        ran(shared, "collections", day)
    run = ran(shared, "collections", date(2026, 10, 28))
    stages = []
    for number in range(3):
        stored = shared.recorder.earlier("collections-escalation", before=date.max, reference=f"I-{number}")
        document = document_of(shared.recorder.unsealed(stored[-1].entry))
        request = DecisionRequest(
            {"due_date": f"2026-10-{20 + number}", "open_amount": "1000.00", "disputed": False},
            f"C-{number}",
            f"I-{number}",
            run.as_of,
        )
        caller = Caller("somebody", "file", may_give_any=True, backdate=True)
        answer = shared.deciding.decide("collections-escalation", request, caller).body
        assert document["facts"]["rungs_done"] == answer["facts"]["rungs_done"] != []
        assert (document["outcome"], document["outputs"]) == (answer["outcome"], answer["outputs"])
        stages.append(document["outputs"]["stage"])
    assert len(set(stages)) > 1


def test_the_batch_function_decides_in_another_process_as_the_service_does(shared: Services) -> None:
    policy, new_id = "collections-escalation", Identifiers(shared.deciding.now, randbits).new
    now, caller = shared.deciding.now, Caller("somebody", "file", may_give_any=True, backdate=True)
    requests = [
        DecisionRequest(
            {"due_date": f"2026-10-{day:02}", "open_amount": "100.00"}, f"B-{day}", f"B-{day}", DAY
        )
        for day in range(1, 31)
    ] + [DecisionRequest({"due_date": "never"}, "B-0", "B-0", DAY)]
    ready = shared.policies.in_force(policy, now())
    asked = [Asked(one, caller, now(), DAY, new_id(), new_id()) for one in requests]
    batch = Batch(ready.ruleset.digest, asked, [{}] * len(asked))
    assert pickle.loads(pickle.dumps(batch)) == batch
    texts = {ready.ruleset.digest: shared.policies.text(ready.ruleset.digest)}
    given = (texts, shared.customers.rules)
    here = Batching(*given).decided(batch)
    (there,) = by_processes(decided, [batch], 2, begin, given)
    assert there == here
    answers = shared.deciding.decide_many(policy, (Item(one) for one in requests), caller)
    for found, answer in zip(there, answers, strict=True):
        if not isinstance(found, Decided):
            assert isinstance(answer, Invalid)
            assert found.problems == answer.problems
            continue
        assert isinstance(answer, Answer)
        document = document_of(found.recordings[0].sealed_plaintext)
        assert {name: document[name] for name in ("facts", "outputs", "derived", "outcome")} == {
            name: answer.body[name] for name in ("facts", "outputs", "derived", "outcome")
        }
