"""Publishing: how ruleset texts get from files into the store and back.

Files seed the store; at run time the store is the truth. A published text is
never edited: what changed gets a new version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.domain.audit import EntryKind
from app.domain.errors import Invalid, Problem, Refused
from app.domain.lifecycle import RulesetEvent, State
from app.domain.moves import Move, created
from app.domain.ruleset import Ruleset
from app.services.policies import Policies
from app.services.rulesets.state_changes import StateChanges
from schemas.ruleset import digest_of, load
from schemas.text import MAX_BYTES

PUBLISHED = "PUBLISHED"


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What a synchronisation did, by ``policy version``."""

    drafted: tuple[str, ...]
    known: tuple[str, ...]
    activated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RulesetFile:
    """One file of the rulesets folder, read and loaded."""

    path: Path
    text: bytes
    ruleset: Ruleset


class Publishing:
    """Moves texts between folder and store."""

    def __init__(self, policies: Policies, changes: StateChanges) -> None:
        self._policies = policies
        self._changes = changes

    def synchronise(self, folder: Path, operator: str, *, bootstrap: bool = False) -> Synchronised:
        """Insert versions not yet known as drafts; ``bootstrap`` activates the published ones, once.

        Raises ``Invalid`` for a file that does not load, ``Refused`` for a known
        version whose text changed, or a bootstrap into a store that has rulesets.
        """
        files = list(read_folder(folder))
        empty = not self._policies.names()
        drafted: list[str] = []
        known: list[str] = []
        activated: list[str] = []
        for file in files:
            name = f"{file.ruleset.policy} {file.ruleset.version}"
            (known if self._is_known(file) else drafted).append(name)
        for file in files:
            if f"{file.ruleset.policy} {file.ruleset.version}" in drafted:
                self._draft(file, operator)
                if bootstrap and empty and file in _latest_published(folder, files):
                    self._bootstrap(file, operator)
                    activated.append(f"{file.ruleset.policy} {file.ruleset.version}")
        return Synchronised(tuple(drafted), tuple(known), tuple(activated))

    def _is_known(self, file: RulesetFile) -> bool:
        policy, version = file.ruleset.policy, file.ruleset.version
        if policy not in self._policies.names():
            return False
        events = {one.version: one for one in self._policies.versions(policy)}
        if version in events and events[version].digest != file.ruleset.digest:
            raise Refused(
                f"{file.path}: {policy} {version} is already known with another text. Versions never change;"
                " give the new text a new version number.",
                conflict=True,
            )
        return version in events

    def _draft(self, file: RulesetFile, operator: str) -> None:
        ruleset = file.ruleset
        moment = self._changes.moment(ruleset.policy)
        wish = self._changes.wish(moment, Move.CREATE, operator)
        event, authors = created(ruleset.policy, ruleset.version, ruleset.digest, wish, None)
        self._changes.record(event, wish, text=file.text, authors=authors)

    def _bootstrap(self, file: RulesetFile, operator: str) -> None:
        """Into force without four eyes: there was nothing before it, and the entry says so by its kind."""
        ruleset = file.ruleset
        moment = self._changes.moment(ruleset.policy)
        wish = self._changes.wish(moment, Move.ACTIVATE, operator)
        event = RulesetEvent(
            wish.id,
            ruleset.policy,
            ruleset.version,
            ruleset.digest,
            State.ACTIVE,
            wish.at,
            operator,
            after=moment.version(ruleset.version).last.id,
        )
        self._changes.record(event, wish, kind=EntryKind.BOOTSTRAP)


def read_folder(folder: Path) -> Iterator[RulesetFile]:
    """Every ``<policy>/<version>.yaml`` below ``folder``, loaded; raises ``Invalid`` naming the file."""
    for path in sorted(folder.glob("*/*.yaml")):
        yield read_file(path, expected=(path.parent.name, path.stem))


def read_file(path: Path, expected: tuple[str, str] | None = None) -> RulesetFile:
    """One ruleset file; raises ``Invalid`` with the file before each fault, and ``OSError`` as it comes."""
    with path.open("rb") as file:
        text = file.read(MAX_BYTES + 1)  # one byte too many is refused by the reader, however long the file
    try:
        ruleset = load(text)
    except Invalid as error:
        problems = [
            Problem(f"{path}:{one.line or 1}: {one.message}", line=one.line, code=one.code)
            for one in error.problems
        ]
        raise Invalid(f"{path}: {error.message}", problems) from error
    if expected is not None and (ruleset.policy, ruleset.version) != expected:
        message = (
            f"the text says {ruleset.policy} {ruleset.version}, and the file is {'/'.join(expected)}.yaml"
        )
        raise Invalid(f"{path}: {message}", [Problem(f"{path}:1: {message}", line=1)])
    return RulesetFile(path, text, ruleset)


def published(folder: Path) -> dict[str, str]:
    """What ``PUBLISHED`` lists: ``policy/version.yaml`` and the SHA-256 of its bytes."""
    path = folder / PUBLISHED
    if not path.exists():
        return {}
    lines = [
        line.split()
        for line in path.read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return {name: digest for digest, name in lines}


def changed_history(folder: Path) -> list[str]:
    """Published files that are missing or no longer have their digest; history is not edited."""
    return [
        name
        for name, digest in published(folder).items()
        if not (folder / name).is_file() or sha256((folder / name).read_bytes()).hexdigest() != digest
    ]


def _latest_published(folder: Path, files: list[RulesetFile]) -> list[RulesetFile]:
    """The highest published version of each policy, its text unchanged."""
    listed = published(folder)
    latest: dict[str, RulesetFile] = {}
    for file in files:
        name = f"{file.path.parent.name}/{file.path.name}"
        if digest_of(file.text) != f"sha256:{listed.get(name)}":
            continue
        held = latest.get(file.ruleset.policy)
        if held is None or _number(held) < _number(file):
            latest[file.ruleset.policy] = file
    return list(latest.values())


def _number(file: RulesetFile) -> tuple[int, ...]:
    return tuple(int(part) for part in file.ruleset.version.split("."))
