"""Opens what a power loss left with the real service, and says what is wrong with it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from app.factory import application
from app.ledger.checkpoint import unchecked
from app.ledger.outside import Outside
from app.ledger.verifying import Fault
from app.services.assembly import Services, open_services
from app.services.log.tree import Proofs
from app.services.log.verifying import Evidence, evidence_at, verify_database
from app.services.rotating import rotate
from app.settings import Settings
from app.web.metrics import Metrics
from tests.faults.storage.birth import born, environment
from tests.faults.storage.load import DECISIONS, wanted
from tests.faults.storage.recorded import Record, What

REPEATED = 3
IMAGES_OF_A_PROCESS = 50
JSON = "application/json"


@dataclass(slots=True)
class Known:
    """What the outside knew at the moment of the cut."""

    key: str | None = None
    """The officer's, once the installation had begun."""
    rotating: bool = False
    decisions: list[dict[str, Any]] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)

    def learn(self, record: Record) -> None:
        """Take note of what a client was told."""
        if record.what is not What.NOTE:
            return
        what, more = record.note
        match what:
            case "born":
                self.key = more["key"]
            case "rotating":
                self.rotating = True
            case "decision":
                self.decisions.append(more)
            case "head":
                self.heads.add(more["note"])

    def copy(self) -> Known:
        return Known(self.key, self.rotating, list(self.decisions), set(self.heads))


@dataclass(frozen=True, slots=True)
class Image:
    """The files after a power loss, by path, and what was known before it."""

    name: str
    files: Mapping[str, bytes]
    known: Known

    def judged(self, folder: Path) -> list[str]:
        """Everything that is wrong after the service was opened on it; nothing when all is well."""
        root = folder / "root"
        for name, content in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(0o600)
        root.mkdir(exist_ok=True)
        return [f"{self.name}: {fault}" for fault in judged(root, self.known, Random(self.name), folder)]


Judge = Callable[
    [Callable[[tuple[Image, Path]], list[str]], Iterable[tuple[Image, Path]]], Iterable[list[str]]
]


@contextmanager
def judges(processes: int) -> Iterator[Judge]:
    """So many processes that open images; for one, this one."""
    if processes == 1:
        yield map
        return
    with get_context("spawn").Pool(processes, maxtasksperchild=IMAGES_OF_A_PROCESS) as pool:
        yield pool.imap_unordered


def judge_all(run: Judge, images: Iterable[Image], place: Path) -> Iterator[list[str]]:
    """What is wrong with each image; they are opened below ``place``."""
    return iter(run(_judge, ((image, place / f"image-{at}") for at, image in enumerate(images))))


def _judge(work: tuple[Image, Path]) -> list[str]:
    image, folder = work
    folder.mkdir()
    try:
        return image.judged(folder)
    finally:
        shutil.rmtree(folder)


def lost(faults: Iterable[str]) -> set[str]:
    """The images in which something that was acknowledged is missing."""
    return {fault.partition(":")[0] for fault in faults if "acknowledged" in fault}


def judged(root: Path, known: Known, chance: Random, aside: Path) -> Iterator[str]:
    """What is wrong with the files below ``root``; ``aside`` is a folder for other files."""
    try:
        with open_services(Settings.from_env(environment(root)), migrate=True) as services:
            if known.key:
                yield from _missing(services, known)
                yield from _not_whole(services, "as found")
            key = known.key or born(services, aside / "rulesets")
            yield from _goes_on(services, key, known, chance)
    except Exception as error:
        yield f"it does not recover: {type(error).__name__}: {error}"


def _missing(services: Services, known: Known) -> Iterator[str]:
    """Decisions and heads that were told to somebody and are not there, or otherwise."""
    for one in known.decisions:
        told, id = dict(one["decision"]), one["decision"]["id"]
        try:
            found: dict[str, Any] = json.loads(json.dumps(services.auditing.decision(UUID(id)), default=str))
        except Exception as error:
            yield f"decision {id} was acknowledged: {type(error).__name__}: {error}"
            continue
        if known.rotating:  # receipts are signed anew, by the key in force
            told.pop("receipt"), found.pop("receipt")
        if found != told:
            yield f"decision {id} was acknowledged with other parts than it has now"
    proofs, size = Proofs(services.store.tree), services.store.tree.head().size
    for head in map(unchecked, known.heads):
        if head.size > size:
            yield f"a head of {head.size} entries was told to a client, and the log has {size}"
        elif head.size and proofs.frontier(head.size).root() != head.root:
            yield f"the head of {head.size} entries that was told to a client is of another log"


def _not_whole(services: Services, when: str) -> Iterator[str]:
    """Whether the log verifies against the checkpoints beside it, which must not be ahead of it."""
    settings = services.settings
    key, files = evidence_at(settings.checkpoints)
    if not files:
        return
    if not key:
        yield f"the line of the key is not beside the checkpoints, {when}"
        return
    try:
        evidence = Evidence.of(key, files)
        verify_database(
            services.store, settings.database_url, settings.log_origin, evidence, lambda share: None
        )
    except Fault as fault:
        yield f"the log, {when}: {fault}"


def _goes_on(services: Services, key: str, known: Known, chance: Random) -> Iterator[str]:
    """A decision can be made, acknowledged ones repeat under their keys, and the log is signed to its end."""
    signing = services.settings.signing_key_file
    if signing.with_name(f"{signing.name}.next").exists():
        rotate(services, "operator")
    client = application(services, Metrics()).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    made = client.post(DECISIONS, json=wanted(chance))
    if made.status_code != 201:
        yield f"a new decision is answered {made.status_code}: {made.text[:300]}"
    for one in _some([one for one in known.decisions if one["key"]], chance):
        again = client.post(
            DECISIONS, data=one["body"], content_type=JSON, headers={"Idempotency-Key": one["key"]}
        )
        if again.status_code != 200 or json.loads(again.data)["id"] != one["decision"]["id"]:
            yield f"decision {one['decision']['id']}, asked again under its key: {again.text[:300]}"
    services.sequencer.drain()
    yield from _not_whole(services, "signed again")
    head, last = services.store.tree.head(), Outside(services.settings.checkpoints).last()
    if last is None or (last.size, last.root) != (head.size, head.root):
        yield f"the last checkpoint outside is {last}, and the head has {head.size} entries"


def _some(decisions: Sequence[dict[str, Any]], chance: Random) -> list[dict[str, Any]]:
    newest = list(decisions[-REPEATED:])
    return newest + chance.sample(decisions[:-REPEATED], min(REPEATED, len(decisions[:-REPEATED])))
