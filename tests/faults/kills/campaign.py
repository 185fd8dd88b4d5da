"""The campaign: kill, wait until it answers again, and read on in the log, so many times."""

from __future__ import annotations

import math
import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import orjson

from app.domain.errors import TermwiseError
from app.ledger.signing import load
from app.store.tree import Tree, reading_tree
from tests.cli.shell import TERMWISE, eventually
from tests.faults.kills.checking import Checker, waiting
from tests.faults.kills.clients import Clients
from tests.faults.kills.service import MAIN, SEQUENCER, SUPERVISOR, WORKER, Service

CLIENTS = 8
LEAST_BREATH, MOST_BREATH = 0.1, 1.0
"""Seconds between an answer and the next kill."""
BEHIND_AN_ANSWER = 0.5
"""The share of kills that wait for the next answer, when what is not durable yet would be lost."""
LOOK = 0.01
ON_SQLITE = (WORKER, WORKER, MAIN, SUPERVISOR)
ON_POSTGRESQL = (*ON_SQLITE, SEQUENCER)


@dataclass(slots=True)
class Found:
    """What a campaign came to; ``ready`` and ``signing`` in seconds, one for each time."""

    kills: Counter[str] = field(default_factory=Counter)
    ready: dict[str, list[float]] = field(default_factory=dict)
    acknowledged: int = 0
    recorded: int = 0
    lost: int = 0
    doubled: int = 0
    incomplete: int = 0
    busy: int = 0
    faults: list[str] = field(default_factory=list)

    def note(self, target: str, seconds: float) -> None:
        """One kill, and how long it took until all was well again."""
        self.kills[target] += 1
        self.ready.setdefault(target, []).append(seconds)


def campaign(service: Service, targets: Sequence[str], seconds: float, seed: int = 1) -> Found:
    """Kill ``targets`` one after the other under load, for at most ``seconds``."""
    found, chance, until = Found(), Random(seed), time.monotonic() + seconds

    def strike(clients: Clients, checker: Checker, tree: Tree) -> None:
        for target in targets:
            if time.monotonic() > until:
                return
            time.sleep(chance.uniform(LEAST_BREATH, MOST_BREATH))
            if chance.random() < BEHIND_AN_ANSWER:
                clients.acknowledged_after(time.perf_counter())
            found.note(target, _struck(service, target, clients, tree))
            checker.go_on()

    under_load(service, found, strike, seed, may_break=True)
    return found


def under_load(
    service: Service,
    found: Found,
    strike: Callable[[Clients, Checker, Tree], None],
    seed: int,
    *,
    may_break: bool,
) -> None:
    """Let ``strike`` do its worst while clients ask; then compare what there is with what was told."""
    settings = service.settings
    key = load(settings.signing_key_file, settings.log_origin).verifying
    with reading_tree(settings.database_url) as tree:
        clients = Clients(service.port, service.key, service.questions, CLIENTS, seed, may_break=may_break)
        checker = Checker(tree, key, service.rules, clients)
        try:
            strike(clients, checker, tree)
        except (AssertionError, TimeoutError) as error:
            clients.fault(f"{error}: {service.said()}")
        clients.stop()
        eventually(lambda: not waiting(tree))
        checker.go_on()
    found.acknowledged, found.recorded = clients.keys, checker.decisions
    found.lost, found.doubled = len(clients.unseen), len(checker.early)
    found.incomplete, found.busy, found.faults = checker.incomplete, clients.busy, clients.faults
    found.faults += _faults_at_rest(service, clients.kept)
    if found.lost or found.doubled or found.recorded != found.acknowledged:
        found.faults.append(f"{found.lost} lost, {found.doubled} doubled")


def _struck(service: Service, target: str, clients: Clients, tree: Tree) -> float:
    """Kill; the seconds until a decision is acknowledged again, or the log signed by another sequencer."""
    if target != SEQUENCER:
        began = time.perf_counter()
        return clients.acknowledged_after(service.kill(target)) - began
    began = service.kill_sequencer()
    size = tree.head().size
    while tree.head().size == size:
        time.sleep(LOOK)
    return time.perf_counter() - began


def _faults_at_rest(service: Service, kept: dict[UUID, bytes]) -> list[str]:
    """What is wrong once all is over: unclean ends, the log as a whole, answers that read otherwise."""
    codes = service.end()
    asked = "was the exit code of a process that was asked to end"
    faults = [f"{code} {asked}: {service.said()}" for code in codes if code]
    command = [*TERMWISE, "audit", "verify"]
    environment = {**os.environ, **service.shell.environment}
    done = subprocess.run(
        command, cwd=service.shell.folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        faults.append(f"audit verify: {done.stdout}{done.stderr}")
    with service.shell.services() as services:
        for id, answer in kept.items():
            try:
                if orjson.dumps(services.auditing.decision(id)) != answer:
                    faults.append(f"{id} reads other than it was answered")
            except TermwiseError as error:
                faults.append(f"{id} cannot be read: {error}")
    return faults


def percentile(seconds: Sequence[float], share: float) -> float:
    """The least of ``seconds`` that is not less than ``share`` of them."""
    return sorted(seconds)[max(0, math.ceil(share * len(seconds)) - 1)]
