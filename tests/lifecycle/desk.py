"""What tests of the lifecycle need: people, a text that proves itself, and the services over a store."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from app.domain.identifiers import Identifiers
from app.domain.people import ApiKey, Person, Principal, Role, Scope
from app.domain.versions import RulesetVersion
from app.engine.compiled import Engines
from app.services.policies import Policies
from app.services.recording import Recorder
from app.services.rulesets.drafting import Drafting
from app.services.rulesets.proving import Proving
from app.services.rulesets.releasing import Asked, Releasing
from app.services.rulesets.state_changes import StateChanges
from app.services.rulesets.versions import Versions
from app.store.store import Store
from tests.recordings import NOON, ORIGIN, vault

POLICY = "tiny"
_TEXT = """language: 1
policy: {policy}
version: {version}
title: {{en: Tiny, zh: 小}}
currency: CNY
outcomes:
- {{id: pass, kind: favourable, label: {{en: Passed, zh: 通过}}}}
- {{id: refer, kind: referral, label: {{en: Referred, zh: 转人工}}}}
- {{id: refuse, kind: adverse, label: {{en: Refused, zh: 拒绝}}}}
otherwise: pass
facts:
  amount: {{type: money, min: 0, label: {{en: Amount, zh: 金额}}}}
parameters:
  most: {{type: money, value: {most}, source: "S0:L1", label: {{en: Most, zh: 上限}}}}
steps:
- rules: limits
  hit_policy: COLLECT
  list:
  - id: too-much
    label: {{en: Too much, zh: 过多}}
    when: {{amount: "> most"}}
    then: {{outcome: refuse, reason: TOO_MUCH}}
    source: "S0:L1"
    fires_on: {{amount: 5000.00}}
    not_on: {{amount: 50.00}}
reasons:
  TOO_MUCH: {{en: "More than {{most}}.", zh: "超过{{most}}。"}}
baseline: {{amount: 50.00}}
"""


def tiny(version: str = "1.0.0", *, most: str = "100.00", policy: str = POLICY) -> bytes:
    """A text that proves itself while ``most`` lies between 50.00 and 5000.00."""
    return _TEXT.format(policy=policy, version=version, most=most).encode()


CUBES = {
    "facts:": "facts:\n"
    + "\n".join(
        f"  {name}: {{type: days, min: 1, max: 100000, label: {{en: Side, zh: 边}}}}" for name in "abc"
    ),
    "steps:": "steps:\n- {formula: cubes, type: yes_no, expression: a ** 3 + b ** 3 = c ** 3,"
    " label: {en: Cubes, zh: 立方}}\n- table: shapes\n  hit_policy: FIRST\n  inputs: [cubes]\n"
    "  outputs: [outcome]\n  rows:\n"
    '  - {id: cubic, when: ["yes"], then: [refuse], source: "S0:L1"}\n'
    '  - {id: any-shape, when: [-], then: [""], source: "S0:L1"}',
    "baseline: {": "baseline: {a: 1, b: 1, c: 1, ",
}


def hard(version: str = "1.0.0", *, policy: str = POLICY) -> bytes:
    """A text of which a claim cannot be settled: that a sum of two cubes is never a cube."""
    text = tiny(version, policy=policy).decode()
    for old, new in CUBES.items():
        text = text.replace(old, new)
    return text.encode()


def person(login: str, role: Role = Role.CREDIT_OFFICER) -> Principal:
    """Somebody who has just signed in; the same login is the same person."""
    return Principal(
        Person(uuid5(NAMESPACE_OID, login), login, login.title(), role), signed_in_at=NOON, session=b"s"
    )


def key_of(principal: Principal) -> Principal:
    """A key of that person, with every scope there is."""
    key = ApiKey(UUID(int=7), principal.person.id, "all", frozenset(Scope), NOON, NOON + timedelta(days=30))
    return Principal(principal.person, key=key)


WRITER, REVIEWER, THIRD = (person(login) for login in ("writer", "reviewer", "third"))


@dataclass
class Clock:
    """The time, which passes when a test says so."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> datetime:
        """Let time pass; what it is then."""
        self.now += timedelta(**span)
        return self.now


@dataclass(frozen=True)
class Desk:
    """The services of the lifecycle over one store, and the shortest way through it."""

    store: Store
    clock: Clock
    policies: Policies
    recorder: Recorder
    changes: StateChanges
    versions: Versions
    drafting: Drafting
    releasing: Releasing

    def draft(
        self, by: Principal = WRITER, version: str = "1.0.0", *, most: str = "100.00", policy: str = POLICY
    ) -> RulesetVersion:
        """A new version by one person."""
        return self.drafting.create(by, policy, version, text=tiny(version, most=most, policy=policy))

    def approved(self, version: str = "1.0.0", *, policy: str = POLICY) -> RulesetVersion:
        """A new version, submitted by its author and approved by another."""
        drafted = self.draft(version=version, policy=policy)
        self.releasing.submit(Asked(WRITER, policy, version))
        return self.releasing.approve(Asked(REVIEWER, policy, version), drafted.digest)

    def in_force(self, policy: str = POLICY) -> str | None:
        """The version that would decide now."""
        event = self.store.rulesets.in_force(policy, self.clock.now)
        return None if event is None else event.version

    def standing(self, version: str = "1.0.0") -> RulesetVersion:
        """One version as it stands now."""
        return self.versions.one(POLICY, version)


@contextmanager
def opened_desk(url: str, keys_url: str, *, samples: int = 0) -> Iterator[Desk]:
    """A desk over a migrated database."""
    with Store.open(url, keys_url, writing=True) as store:
        yield desk_over(store, samples=samples)


def desk_over(store: Store, *, samples: int = 0, proving: Proving | None = None) -> Desk:
    """A desk over an open store, with a clock of its own."""
    clock = Clock()
    new_id = Identifiers(clock, secrets.randbits).at
    recorder = Recorder(store, vault(store), origin=ORIGIN, engine="termwise test")
    changes = StateChanges(store.rulesets, recorder, now=clock, new_id=new_id)
    proving = proving or Proving(store.rulesets, samples)
    return Desk(
        store=store,
        clock=clock,
        policies=Policies(store.rulesets, Engines()),
        recorder=recorder,
        changes=changes,
        versions=Versions(store.rulesets, recorder, now=clock),
        drafting=Drafting(store.rulesets, changes, proving),
        releasing=Releasing(changes, proving),
    )
