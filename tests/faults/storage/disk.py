"""A disk that loses power: from what was recorded, what may be found on it afterwards.

A file is pages of 4 KiB. What was written before the begin of a sync that succeeded is on
the disk. Of everything later any part may be, in any order: of each page any of its
states since then, whole or sector by sector, and of the size any that it had. A sync
that failed has left each page on the disk or not, and the kernel takes what it did not
write for clean: only a later write to that page makes the next sync bring it to the
disk. Names are on the disk once their folder was synced; of later changes of names a
beginning is, or any part of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.faults.storage.recorded import Ended, Record, What

PAGE = 4096
SECTOR = 512


@dataclass(slots=True)
class _Write:
    """A change of one page that is not on the disk yet: bytes from ``at`` on; ``when`` counts records."""

    when: int
    at: int
    data: bytes


@dataclass(slots=True, eq=False)
class _File:
    """One inode: what programs read (``seen``), what is on the disk (``kept``), and what lies between.

    ``kept`` is whole pages; how much of them is the file, ``kept_size`` says.
    """

    seen: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    kept_size: int = 0
    dirty: dict[int, list[_Write]] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    is_folder: bool = False

    @classmethod
    def kept_already(cls, content: bytes | None) -> _File:
        """A file, or a folder, that was there before."""
        if content is None:
            return cls(is_folder=True)
        padded = bytearray(content) + bytes(-len(content) % PAGE)
        return cls(bytearray(content), padded, len(content))

    def write(self, when: int, at: int, data: bytes) -> None:
        if len(self.seen) < at + len(data):
            self.resize(when, at + len(data))
        for page in range(at // PAGE, (at + len(data) - 1) // PAGE + 1):
            start = max(at, page * PAGE)
            piece = data[start - at : (page + 1) * PAGE - at]
            if page in self.dropped:  # the whole page is dirty again, with what was not written before
                self.dropped.discard(page)
                whole = bytes(self.seen[page * PAGE : (page + 1) * PAGE])
                self.dirty.setdefault(page, []).append(_Write(when, 0, whole))
            self.dirty.setdefault(page, []).append(_Write(when, start - page * PAGE, piece))
        self.seen[at : at + len(data)] = data

    def resize(self, when: int, size: int) -> None:
        """What lay behind a smaller size reads as zeros when the file grows again."""
        old = len(self.seen)
        if size < old:
            for page in range(size // PAGE, (old - 1) // PAGE + 1):
                start = max(size, page * PAGE) - page * PAGE
                self.dirty.setdefault(page, []).append(_Write(when, start, bytes(PAGE - start)))
                self.dropped.discard(page)
            del self.seen[size:]
        else:
            self.seen.extend(bytes(size - old))
        if size != old:
            self.sizes.append((when, size))

    def keep(self, until: int) -> None:
        """A sync that began at ``until`` has succeeded."""
        for page in list(self.dirty):
            self._settle(page, until, keeping=True)
        while self.sizes and self.sizes[0][0] <= until:
            self.kept_size = self.sizes.pop(0)[1]

    def drop(self, until: int, chance: Random) -> None:
        """A sync that began at ``until`` has failed: some pages are on the disk, others will never be."""
        for page in list(self.dirty):
            self._settle(page, until, keeping=chance.random() < 0.3)

    def after_power_loss(self, chance: Random) -> bytes:
        found = bytearray(self.kept)
        likely = chance.choice((0.0, 0.3, 0.7, 1.0))  # how much the kernel had written of itself
        for page, writes in self.dirty.items():
            if chance.random() < likely:
                _lay(found, page, _one_of(page, writes, self.kept, chance))
        sizes = [size for _, size in self.sizes]
        size = self.kept_size if not sizes or chance.random() >= likely else chance.choice(sizes)
        del found[size:]
        found.extend(bytes(size - len(found)))
        return bytes(found)

    def _settle(self, page: int, until: int, *, keeping: bool) -> None:
        writes = self.dirty[page]
        settled = [one for one in writes if one.when <= until]
        if not settled:
            return
        later = writes[len(settled) :]
        if keeping:
            _lay(self.kept, page, _page(page, settled, self.kept))
        elif not later:
            self.dropped.add(page)
        else:  # written to meanwhile: still dirty, with all of it
            later = writes
        if later:
            self.dirty[page] = later
        else:
            del self.dirty[page]


def _page(page: int, writes: list[_Write], kept: bytearray) -> bytearray:
    found = bytearray(kept[page * PAGE : (page + 1) * PAGE])
    found.extend(bytes(PAGE - len(found)))
    for one in writes:
        found[one.at : one.at + len(one.data)] = one.data
    return found


def _one_of(page: int, writes: list[_Write], kept: bytearray, chance: Random) -> bytearray:
    """Any state of a page since the last sync; in one of three cases each sector is of another."""
    if chance.random() < 2 / 3:
        return _page(page, writes[: chance.randint(0, len(writes))], kept)
    found = bytearray()
    for start in range(0, PAGE, SECTOR):
        state = _page(page, writes[: chance.randint(0, len(writes))], kept)
        found += state[start : start + SECTOR]
    return found


def _lay(found: bytearray, page: int, content: bytearray) -> None:
    """Put a page where it belongs; the file may have been shorter, and its size is told elsewhere."""
    if len(found) < (page + 1) * PAGE:
        found.extend(bytes((page + 1) * PAGE - len(found)))
    found[page * PAGE : (page + 1) * PAGE] = content


Change = tuple[int, dict[str, "_File | None"]]


class Disk:
    """The disk below ``root``, while records are played to it; ``baseline`` was there before, and kept."""

    def __init__(self, root: Path, baseline: Mapping[Path, tuple[int, bytes | None]], chance: Random) -> None:
        self._root = str(root)
        self._chance = chance
        self._files: dict[int, _File] = {}
        self._seen: dict[str, _File] = {}
        for path, (number, content) in baseline.items():
            self._seen[str(path)] = self._files[number] = _File.kept_already(content)
        self._kept = dict(self._seen)
        self._changes: list[Change] = []
        self._begun: dict[int, int] = {}
        self._when = 0

    def play(self, record: Record) -> None:
        """Let a record take effect."""
        self._when += 1
        match record.what:
            case What.CREATE | What.FOLDER:
                made = _File(is_folder=record.what is What.FOLDER)
                self._files[record.file] = made
                self._change({record.paths[0]: made})
            case What.WRITE:
                self._files[record.file].write(self._when, record.at, record.data)
            case What.TRUNCATE:
                self._files[record.file].resize(self._when, record.at)
            case What.SYNC_BEGIN:
                self._begun[record.token] = self._when
            case What.SYNC_END:
                self._synced(self._files[record.file], self._begun.pop(record.token), record.ended)
            case What.RENAME:
                source, target = record.paths
                self._change({target: self._seen[source], source: None})
            case What.LINK:
                source, target = record.paths
                self._change({target: self._seen[source]})
            case What.UNLINK:
                self._change({record.paths[0]: None})
            case What.MAPPED:
                raise AssertionError("a file was mapped to be written: such writes are not recorded")

    def after_power_loss(self, chance: Random) -> Mapping[str, bytes]:
        """What is found afterwards, by path below the root; the fate of all that was not synced is drawn."""
        names = dict(self._kept)
        share = chance.choice((0.0, 0.5, 1.0))
        if chance.random() < 0.5:
            found = self._changes[: round(share * len(self._changes))]
        else:
            found = [one for one in self._changes if chance.random() < share]
        for _, change in found:
            _apply(names, change)
        return dict(self._reached(names, chance))

    def _reached(self, names: dict[str, _File], chance: Random) -> Iterator[tuple[str, bytes]]:
        for path, file in names.items():
            above = [str(one) for one in Path(path).parents if len(str(one)) >= len(self._root)]
            if not file.is_folder and all(one in names for one in above):
                yield path[len(self._root) + 1 :], file.after_power_loss(chance)

    def _synced(self, file: _File, began: int, ended: Ended) -> None:
        if ended is Ended.FAILED:
            file.drop(began, self._chance)
        elif not file.is_folder:
            file.keep(began)
        else:
            folder = next(path for path, one in self._seen.items() if one is file)
            durable = [one for one in self._changes if one[0] <= began and _is_in(one, folder)]
            for _, change in durable:
                _apply(self._kept, change)
            done = {id(one) for one in durable}
            self._changes = [one for one in self._changes if id(one) not in done]

    def _change(self, change: dict[str, _File | None]) -> None:
        _apply(self._seen, change)
        self._changes.append((self._when, change))


def _apply(names: dict[str, _File], change: dict[str, _File | None]) -> None:
    for path, file in change.items():
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file


def _is_in(change: Change, folder: str) -> bool:
    return any(str(Path(path).parent) == folder for path in change[1])
