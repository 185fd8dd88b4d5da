"""Wires everything that can be asked of Termwise to one store."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from app.domain.decision import Evaluation
from app.domain.identifiers import Identifiers
from app.engine.compiled import Engines
from app.ledger.outside import Outside
from app.ledger.sealing import derived
from app.services.comparing.comparing import Comparing
from app.services.comparing.meanings import Meanings
from app.services.comparing.rehearsing import Rehearsing
from app.services.customers.files import files
from app.services.decisions.alternatives import Alternatives
from app.services.decisions.auditing import Auditing
from app.services.decisions.deciding import Deciding
from app.services.decisions.gathering import Gathering, recorded
from app.services.decisions.lately import recorded_lately
from app.services.decisions.usage import Usage
from app.services.keeping.keepers import keepers
from app.services.log.attesting import Attesting
from app.services.log.exporting import Exporting
from app.services.log.following import Following
from app.services.log.lately import VerifyingLately
from app.services.log.replaying import Replaying
from app.services.log.searching import Entries
from app.services.log.sequencing import Sequencer, Sequencing
from app.services.log.signing_key import signing_key
from app.services.log.ties import Ties
from app.services.masters import Masters
from app.services.people.keys import ApiKeys
from app.services.people.managing import Register
from app.services.people.people import People
from app.services.people.portfolios import Portfolios
from app.services.people.signing_in import SigningIn
from app.services.policies import Policies
from app.services.receivables.books import books
from app.services.receivables.headrooms import Headrooms
from app.services.recording import Recorder
from app.services.referrals.authorising import Authorising
from app.services.referrals.cases import Cases
from app.services.referrals.replacing import Replacing
from app.services.referrals.settling import Settling
from app.services.referrals.since import Since
from app.services.referrals.worklist import Worklist
from app.services.rulesets.boundary_cases import BoundaryCases
from app.services.rulesets.drafting import Drafting
from app.services.rulesets.editing import Editing
from app.services.rulesets.proving import Proving
from app.services.rulesets.publishing import Publishing
from app.services.rulesets.releasing import Releasing
from app.services.rulesets.state_changes import StateChanges
from app.services.rulesets.tables import Tables
from app.services.rulesets.versions import Versions
from app.services.runs.wiring import running
from app.services.sealing import Vault
from app.services.services import Services as Services
from app.services.statements.giving import Statements
from app.settings import Settings
from app.settings.folders import make_folder
from app.settings.rooms import followers
from app.store.store import Store
from schemas.notices import read_notices

ENGINE_VERSION = f"termwise {version('termwise')}"


def utc_now() -> datetime:
    """The clock of the service; everything below is handed it."""
    return datetime.now(UTC)


def open_services(
    settings: Settings,
    *,
    writing: bool = True,
    migrate: bool = False,
    sequencing: bool = False,
    now: Callable[[], datetime] = utc_now,
    count: Callable[[Evaluation], None] = lambda evaluation: None,
) -> Services:
    """Open the store that ``settings`` name; raises ``Refused`` while another process writes to that file.

    ``migrate`` brings the tables up to date first; ``count`` is told of every evaluation. ``sequencing`` has
    a thread extend and sign the tree on SQLite; elsewhere that is left to ``termwise sequencer``.
    """
    for url in (settings.database_url, settings.keys_url):
        if url.startswith("sqlite:///"):
            make_folder(Path(url.removeprefix("sqlite:///")).parent, mode=0o700)
    if migrate:
        Store.migrate(settings.database_url, settings.keys_url, settings.migration_url)
    store = Store.open(
        settings.database_url, settings.keys_url, writing=writing, most_waiting=settings.waiting
    )
    try:
        if writing and not settings.development:
            store.check_durable()
        identifiers = Identifiers(now, secrets.randbits)
        master = settings.master_key()
        vault = Vault(store.keys, Masters(settings.master_keys), now=now, new_id=identifiers.new)
        recorder = Recorder(store, vault, origin=settings.log_origin, engine=ENGINE_VERSION)
        policies = Policies(store.rulesets, Engines())
        key = partial(signing_key, settings)
        if writing:
            key()
        holder = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"
        sequencer = Sequencer(store.tree, Outside(settings.checkpoints), key, holder=holder, now=now)
        attesting = Attesting(store, key)
        receivables = books(settings, store, now=now)
        customers = files(
            settings,
            store,
            recorder,
            policies,
            receivables.measuring.values,
            receivables.totals.of,
            now=now,
            new_id=identifiers.at,
        )
        cases, alternatives = Cases(policies, recorder), Alternatives(policies, recorder, now)
        replacing = Replacing(store.referrals, cases, new_id=identifiers.at)
        deciding = Deciding(
            policies,
            recorder,
            Gathering(
                recorded(recorder),
                customers.enriching,
                customers.rules.shared,
                recorded_lately(store.decisions, recorder, policies, vault.pseudonyms),
            ),
            customers.holding,
            replacing,
            now=now,
            new_id=identifiers.at,
            zone=settings.timezone,
            receipt=attesting.receipt,
            count=count,
        )
        changes = StateChanges(store.rulesets, recorder, now=now, new_id=identifiers.at)
        publishing = Publishing(policies, changes)
        proving = Proving(store.rulesets)
        rehearsing = Rehearsing(policies, recorder, now=now, new_id=identifiers.at, zone=settings.timezone)
        versions = Versions(store.rulesets, recorder, now=now)
        drafting = Drafting(store.rulesets, changes, proving)
        entries, ties = Entries(store, vault), Ties(store, recorder, policies, vault.pseudonyms)
        register = Register(recorder, now=now, new_id=identifiers.at)
        signing_in = SigningIn(
            store,
            recorder,
            now=now,
            new_id=identifiers.at,
            device_key=derived(master, "device tokens"),
            demo=settings.demo_allowed,
        )
        people = People(store.people, policies, register)
        authorising = Authorising(people)
        runs = running(
            settings,
            store,
            vault,
            recorder,
            policies,
            receivables.measuring,
            customers.rules,
            now=now,
            new_id=identifiers.at,
        )
        since = Since(store.referrals, store.receivables, runs.kinds.values())
        keeping = keepers(settings, store, vault, recorder, policies, now=now, new_id=identifiers.at)
        if writing:
            keeping.erasing.resume()
        vault.bury(keeping.erasing.brought_back())
        return Services(
            settings=settings,
            store=store,
            policies=policies,
            recorder=recorder,
            deciding=deciding,
            auditing=Auditing(policies, recorder, attesting.receipt),
            usage=Usage(store.decisions, now),
            alternatives=alternatives,
            publishing=publishing,
            versions=versions,
            drafting=drafting,
            editing=Editing(store.rulesets, versions, drafting),
            releasing=Releasing(changes, proving),
            tables=Tables(versions, drafting),
            boundary_cases=BoundaryCases(store.rulesets, versions),
            comparing=Comparing(policies),
            meanings=Meanings(policies, rehearsing),
            rehearsing=rehearsing,
            people=people,
            portfolios=Portfolios(store.people, vault, settings.log_origin, register),
            api_keys=ApiKeys(store.people, store.ways_in, register),
            signing_in=signing_in,
            attesting=attesting,
            entries=entries,
            exporting=Exporting(
                store, vault, recorder, origin=settings.log_origin, now=now, new_id=identifiers.at
            ),
            ties=ties,
            verifying=VerifyingLately(
                store, settings, ties, recorder, entries, now=now, new_id=identifiers.at
            ),
            replaying=Replaying(store, recorder, policies, vault.pseudonyms),
            sequencer=sequencer,
            sequencing=Sequencing(sequencer) if sequencing and store.alone else None,
            following=Following(store.events, most_waiting=followers(settings.threads)),
            worklist=Worklist(store.referrals, cases, authorising, recorder, since, now),
            replacing=replacing,
            settling=Settling(
                store.referrals,
                cases,
                authorising,
                recorder,
                customers.holding,
                since,
                now=now,
                new_id=identifiers.at,
                zone=settings.timezone,
            ),
            customers=customers,
            receivables=receivables,
            headrooms=Headrooms(receivables.rules, customers.rules, store.receivables, store.customers),
            runs=runs,
            keeping=keeping,
            statements=Statements(
                policies,
                recorder,
                store.referrals,
                alternatives,
                settings.issuer,
                read_notices(settings.issuer.notices.read_bytes()),
                zone=settings.timezone,
                now=now,
                new_id=identifiers.at,
            ),
        )
    except BaseException:
        store.close()
        raise
