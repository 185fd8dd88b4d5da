"""The first minute of an installation: databases, keys, a ruleset in force, and an officer with a key.

``python -m tests.faults.storage.birth FOLDER`` does it in a process of its own, which is recorded, and prints
the officer's key. Done again after a power loss in the middle of it, it finishes what is missing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from secrets import randbits
from typing import NamedTuple

from app.domain.identifiers import Identifiers
from app.domain.lifecycle import State
from app.domain.moves import Move, moved
from app.services.assembly import Services, open_services
from app.services.rulesets.state_changes import StateChanges
from app.settings import Settings
from tests import people
from tests.web.service import EXAMPLE

POLICY, VERSION = "payment-terms", "1.0.0"
_STILL_TO_DO = {
    State.DRAFT: ((Move.SUBMIT, "operator"), (Move.APPROVE, "officer-2"), (Move.ACTIVATE, "officer-2")),
    State.SUBMITTED: ((Move.APPROVE, "officer-2"), (Move.ACTIVATE, "officer-2")),
    State.APPROVED: ((Move.ACTIVATE, "officer-2"),),
    State.ACTIVE: (),
}


def environment(root: Path) -> dict[str, str]:
    """Settings whose files lie in folders of their own below ``root``: a sync of one helps no other."""
    return {
        "TERMWISE_DATABASE_URL": f"sqlite:///{root}/log/termwise.db",
        "TERMWISE_KEYS_URL": f"sqlite:///{root}/keys/keys.db",
        "TERMWISE_MASTER_KEY_FILE": f"{root}/secret/master.key",
        "TERMWISE_CHECKPOINTS": f"{root}/outside/checkpoints",
        "TERMWISE_LOG_LEVEL": "error",
    }


def born(services: Services, rulesets: Path) -> str:
    """Put the ruleset into force, as far as it is not, and give the officer a key."""
    text = rulesets / POLICY / f"{VERSION}.yaml"
    text.parent.mkdir(parents=True, exist_ok=True)
    text.write_bytes(EXAMPLE)
    services.publishing.synchronise(rulesets, "operator")
    new_id = Identifiers(services.deciding.now, randbits).at
    changes = StateChanges(
        services.store.rulesets, services.recorder, now=services.deciding.now, new_id=new_id
    )
    for move, by in _STILL_TO_DO[changes.moment(POLICY).version(VERSION).state]:
        moment = changes.moment(POLICY)
        wish = changes.wish(moment, move, by)
        supersedes = moment.last_activation if move is Move.ACTIVATE else None
        changes.record(moved(moment.version(VERSION), wish, supersedes=supersedes), wish)
    return people.key(services, people.person(services, "officer"))


class Installed(NamedTuple):
    """An installation that has begun: its files, and the officer's key."""

    root: Path
    key: str


def install(root: Path, rulesets: Path) -> Installed:
    """Let one begin here and now, with nothing recorded."""
    with open_services(Settings.from_env(environment(root)), migrate=True) as services:
        return Installed(root, born(services, rulesets))


if __name__ == "__main__":
    with open_services(Settings.from_env(), migrate=True) as opened:
        print(born(opened, Path(sys.argv[1])))
