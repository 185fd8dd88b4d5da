"""The processes of a service as an operator runs them, and who is who among them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.cli import demo
from app.settings import Settings
from tests import people
from tests.cli.shell import Shell, answers, end, environment, eventually, free_port, lives
from tests.faults.kills.clients import Question

WORKER, MAIN, SUPERVISOR, SEQUENCER = "worker", "main", "supervisor", "sequencer"
LOOK = 0.001
QUESTIONS = 100
ASKED = ("insurance-advice", "payment-terms", "reminders")
"""The policies that are asked, of those that there are."""
SIGNING = "Signing the log."


@dataclass
class Service:
    """``termwise serve`` in a folder, on PostgreSQL with ``termwise sequencer``, and what to ask it."""

    shell: Shell
    port: int
    key: str
    questions: list[Question]
    rules: dict[str, int]
    """How many rules each ruleset has, by digest."""
    sequencers: list[tuple[Shell, subprocess.Popen[bytes]]] = field(default_factory=list)
    supervisor: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self._start()

    @property
    def settings(self) -> Settings:
        """What the processes read from their environment."""
        return Settings.from_env(self.shell.environment)

    def kill(self, target: str) -> float:
        """Kill one of the server's processes, and begin what nobody else would; when the worker was gone."""
        (main,) = _children(self.supervisor.pid)
        (worker,) = _children(main)
        os.kill({WORKER: worker, MAIN: main, SUPERVISOR: self.supervisor.pid}[target], signal.SIGKILL)
        if target == SUPERVISOR:
            self.supervisor.wait()
            self._start()
        while lives(worker):
            time.sleep(LOOK)
        return time.perf_counter()

    def kill_sequencer(self) -> float:
        """Kill the one that signs, once one says that it does, and begin another; when it was killed."""
        place, shell, process = eventually(self._signing)[0]
        process.kill()
        process.wait()
        killed = time.perf_counter()
        self.sequencers[place] = (shell, shell.start("sequencer"))
        return killed

    def _signing(self) -> list[tuple[int, Shell, subprocess.Popen[bytes]]]:
        """The sequencers whose last word is that they sign: one, or none for a moment after a change."""
        return [
            (place, shell, process)
            for place, (shell, process) in enumerate(self.sequencers)
            if shell.printed().splitlines()[-1:] == [SIGNING]
        ]

    def start_sequencers(self, number: int) -> None:
        """Begin some, each with a folder for what it prints, and wait until one signs and all have begun.

        One that is still being loaded ends when it then finds no database.
        """
        for place in range(number):
            folder = self.shell.folder / f"sequencer-{place}"
            folder.mkdir()
            shell = Shell(folder, self.shell.environment)
            self.sequencers.append((shell, shell.start("sequencer")))
        eventually(lambda: any(SIGNING in shell.printed() for shell, _ in self.sequencers))
        self._all_begun()

    def said(self) -> str:
        """The last of what the processes printed."""
        shells = [self.shell, *(shell for shell, _ in self.sequencers)]
        return "\n".join(shell.printed()[-2000:] for shell in shells)

    def end(self) -> list[int]:
        """End everything in order, once it has begun: what is being loaded just dies. The exit codes."""
        self._all_begun()
        processes = [self.supervisor, *(process for _, process in self.sequencers)]
        for process in processes:
            end(process)
        return [process.wait() for process in processes]

    def _all_begun(self) -> None:
        eventually(lambda: all(shell.printed() for shell, _ in self.sequencers))

    def _start(self) -> None:
        self.supervisor = self.shell.start("serve", "--port", str(self.port))


@contextmanager
def serving(folder: Path, rulesets: Path, database_url: str | None = None) -> Iterator[Service]:
    """A service on an empty database that answers; where none is named, on SQLite in ``folder``."""
    variables = environment(folder, rulesets)
    if database_url is not None:
        variables |= {
            "TERMWISE_DATABASE_URL": database_url,
            "TERMWISE_KEYS_URL": f"sqlite:///{folder}/keys.db",
        }
    shell = Shell(folder, variables)
    assert shell.run("rulesets", "sync", "--bootstrap").code == 0
    with shell.services(writing=True) as services:
        key = people.key(services, people.person(services, "officer"))
        active = [one for one in demo.active(services) if one.policy in ASKED]
        today = services.deciding.now().date()
    questions = [
        Question(ruleset.policy, _body(request.facts, request.customer, request.as_of))
        for ruleset in active
        for request in demo.requests(ruleset, today, QUESTIONS)
    ]
    rules = {ruleset.digest: ruleset.rule_count for ruleset in active}
    service = Service(shell, free_port(), key, questions, rules)
    try:
        eventually(lambda: answers(service.port))
        if database_url is not None:
            service.start_sequencers(2)
        yield service
    finally:
        service.end()


def _body(facts: object, customer: str | None, as_of: date | None) -> dict[str, object]:
    return {"facts": facts, "customer": customer, "as_of": str(as_of)}


def _children(process: int) -> list[int]:
    """The children of a process; there is one of each, once it has begun."""
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(one) for one in eventually(lambda: path.read_text("ascii").split())]
