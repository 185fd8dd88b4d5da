"""Verifies an exported log offline: Python 3.11, ``cryptography``, this file, and nothing else of Termwise.

    python verifying.py EXPORT KEY [CHECKPOINTS ...]    # exit code 0: whole; 1: not, and where; 2: not judged

An export is lines of JSON: the log's name, ruleset texts, its entries, its signed head. An entry:
    {"index":0,"hash":HEX,"leaf":HEX,"sealed":HEX,"decision":true}
``hash`` is SHA-256(0x00 || leaf), a leaf of an RFC 9162 tree. The leaf is JSON in the clear: the log's name,
id, kind, time, and the SHA-256 of the sealed part. ``decision`` stands where one is stored beside the entry.
Checked are every line to its last bit, these hashes, indexes without gap, ids given once, a decision to each
such leaf, one text for each ruleset named, root and signature of the head, and each checkpoint kept outside,
up to it. Who has the signing key can rewrite what is behind the newest: give yours, kept elsewhere.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64decode, b64encode
from binascii import unhexlify
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from io import BytesIO
from itertools import takewhile
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_LINE, _ENDS = b'{"index":%d,"hash":"%b","leaf":"%b","sealed":"%b', (b'"}\n', b'","decision":true}\n')
_LEAF = re.compile(
    rb'(?s)\{"at":"([^"]+)","clear":(\{.*\}),"engine":"[^"]*","format":1,"id":"([0-9a-f-]{36})",'
    rb'"kind":"([a-z-]+)","log":"([^"]+)","not_held":[0-9]+,"sealed_sha256":"([0-9a-f]{64})"\}'
)
PIECE_BYTES = 8_000_000
Heads = Sequence["Head"]


class Fault(Exception):
    """What is wrong. ``index`` is the first bad entry, ``end`` the one behind the last that may be bad."""

    def __init__(self, message: str, index: int | None = None, end: int | None = None) -> None:
        super().__init__(message)
        self.index, self.end = index, end


@dataclass(slots=True)
class Part:
    """What a run of entries came to, up to its first fault; ``named`` are rulesets, with the first index."""

    first: int | None = None
    hashes: list[bytes] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    fault: str | None = None

    def add(self, log: bytes, index: int, decision: bool, hash: bytes, leaf: bytes, sealed: bytes) -> Any:
        """Check one entry against itself and its place in the run; what its leaf says. Raises ``Fault``."""
        self.first = index if self.first is None else self.first
        if not (found := _LEAF.fullmatch(leaf)) or found[5] != log:
            raise Fault("its leaf is not of the form of one of this log")
        at, clear, id, kind, _, digest = found.groups()
        if index != self.first + len(self.hashes):
            raise Fault("the line of another entry stands in its place")
        if sha256(b"\x00" + leaf).digest() != hash:
            raise Fault("its bytes have another hash than the tree holds")
        if sha256(sealed).hexdigest().encode() != digest:
            raise Fault("its sealed part is not the leaf's")
        if (kind == b"decision") is not decision:
            raise Fault("leaf and decisions differ on whether it is one")
        if kind == b"log-key":
            self.keys[index] = str(json.loads(clear).get("announcement"))
        for said in re.findall(rb'"digest":"(sha256:[^"]*)', clear):
            self.named.setdefault(said.decode(), index)
        self.ids.append(unhexlify(id.replace(b"-", b"")))
        self.hashes.append(hash)
        return at, clear, id, kind

    def read(self, log: bytes, line: bytes) -> None:
        """Check one line of an export: it is as its values are written. Raises ``Fault``, ``ValueError``."""
        texts, decision = line.split(b'"', 9), line.endswith(_ENDS[1])
        (leaf, _, rest), end = texts[9].partition(b'"'), _ENDS[decision]
        index, hexes = int(texts[2][1:-1]), (texts[5], leaf, rest[11 : -len(end)])
        if line != (_LINE + end) % (index, *hexes) or any(map(line.__contains__, b"ABCDEF")):
            raise Fault("its line is not of the form of an entry")  # unhexlify takes capitals, too
        self.add(log, index, decision, *map(unhexlify, hexes))


class Head(NamedTuple):
    note: str
    log: str
    size: int
    root: bytes


class Key:
    """The log's public key, from its one line (C2SP signed-note); raises ``Fault`` for another line."""

    def __init__(self, line: str) -> None:
        self.line = line.strip()
        try:
            self.name, id, coded = self.line.split("+", 2)
            public = exact64(coded.encode())
            self._id = sha256(self.name.encode() + b"\n" + public).digest()[:4]
            if public[0] != 1 or self._id.hex() != id:
                raise ValueError
            self._public = Ed25519PublicKey.from_public_bytes(public[1:])
        except (ValueError, IndexError):
            raise Fault(f"not the line of a key: {line[:100]!r}") from None

    def signed(self, note: str) -> list[str]:
        """The lines of a note that this key signed; none for any other."""
        text, _, below = note.rpartition("\n\n")
        for name, coded in re.findall("— ([^ \n]+) ([^ \n]+)\n", below):
            with suppress(ValueError, InvalidSignature):
                signature = exact64(coded.encode())
                if name == self.name and signature[:4] == self._id:
                    self._public.verify(signature[4:], (text + "\n").encode())
                    return text.split("\n")
        return []


def exact64(coded: bytes) -> bytes:
    """Base64 in its one form, so that no other text stands for the same bytes; raises ``ValueError``."""
    if b64encode(data := b64decode(coded)) != coded:
        raise ValueError("base64 of another form")
    return data


def heads(text: str, file: str = "it") -> list[Head]:
    """The checkpoints in a text of them, one after the other; raises ``Fault`` where there is none."""
    notes = r"(?m)^(([^\n]+)\n([1-9][0-9]{0,18})\n([^\n]+)\n(?:[^\n]+\n)*\n(?:— [^\n]+\n)+)"
    with suppress(ValueError):
        if found := re.findall(notes, text):
            return [Head(note, log, int(size), exact64(root.encode())) for note, log, size, root in found]
    raise Fault(f"{file} is not a file of checkpoints")


def conclude(
    parts: Iterable[Part], log: str, key: Key, own: Heads, outside: Heads, size: int = 0, peaks: Any = ()
) -> tuple[int, Key, dict[str, int]]:
    """Where the tree of ``size`` and ``peaks`` ends with these parts, its key, and the rulesets named."""
    held = sorted((*outside, *own), key=lambda one: one.size, reverse=True)
    strict, good, peaks, ids, named = (*own, *held[:1]), size, [*peaks], set[bytes](), dict[str, int]()
    for part in parts:
        named.update(part.named | named)
        if part.first not in (None, size):
            raise Fault(f"entry {size}: the line of entry {part.first} stands in its place", size)
        for node, id in zip(part.hashes, part.ids, strict=True):
            level, known = size, len(ids)
            while level & 1:
                node, level = sha256(b"\x01" + peaks.pop() + node).digest(), level >> 1
            peaks.append(node)
            size += 1
            ids.add(id)
            if len(ids) == known:
                raise Fault(f"entry {size - 1}: its id is that of an earlier one", size - 1)
            while held and held[-1].size == size:
                root = reduce(lambda low, high: sha256(b"\x01" + high + low).digest(), peaks[::-1])
                head = held.pop()
                asked = head in strict or head.root != root  # for an equal root a signature says no more
                if asked and (head.log != log or key.signed(head.note)[:1] != [log]):
                    raise Fault(f"the checkpoint of {size} entries is not signed for {log} by {key.line}")
                if head.root != root:
                    raise Fault(f"one of the entries {good} to {size - 1} is not what was signed", good, size)
                good = size
            if size - 1 in part.keys:
                if (said := key.signed(part.keys[size - 1]))[:2] != [log, "next key"]:
                    raise Fault(f"entry {size - 1}: {key.line} did not sign the key that it names", size - 1)
                key = Key(said[2])
        if part.fault is not None:
            raise Fault(f"entry {size}: {part.fault}", size)
    if held:
        raise Fault(f"entries from {size} on are missing: the log signed {held[0].size}", size, held[0].size)
    if not own or size > own[0].size:
        raise Fault(f"entries {good} to {size - 1} stand under no signed head", good, size)
    return size, key, named


def part_of(piece: tuple[str, str, int, int]) -> Part:
    """Read a piece of an export: the log's name, the path, from which byte to which."""
    (log, path, start, end), part = piece, Part()
    with open(path, "rb") as file:
        file.seek(start)
        lines = BytesIO(file.read(end - start))
    try:
        for line in lines:
            part.read(log.encode(), line)
    except (Fault, ValueError, LookupError, TypeError, RecursionError) as bad:
        part.fault = str(bad) if isinstance(bad, Fault) else "its line is not of the form of an entry"
    return part


def held(outside: Heads, size: int) -> str:
    """In words, what a log of ``size`` entries was held against."""
    sizes = [one.size for one in outside if one.size <= size]
    newer = max((one.size - size for one in outside), default=0)
    told = f"held against {len(sizes):,} checkpoints kept outside, newest: {max(sizes, default=0):,} entries"
    return told if newer <= 0 else f"{told}\nolder than the newest one given: {newer:,} entries came later"


def verify(path: str, key: Key, outside: Heads = (), run: Any = map) -> int:
    """How many entries the export holds; raises ``Fault`` at the first bad one."""
    with open(path, "rb") as file:
        lines = [file.readline(), *takewhile(lambda line: line.startswith(b'{"ruleset"'), file)]
        start, end = sum(map(len, lines)), file.seek(0, 2)
        file.seek(max(start, end - 4096))
        last = [line for line in file.read().splitlines(True)[-1:] if line.startswith(b'{"checkpoint":')]
        end, cuts = end - sum(map(len, last)), list[tuple[int, int]]()
        while start < end:
            file.seek(min(start + PIECE_BYTES, end - 1))
            file.readline()
            cuts.append((start, start := file.tell()))
    try:
        log, own = json.loads(lines[0])["log"], [*heads(json.loads(last[0])["checkpoint"])] if last else []
        read = [unhexlify(json.loads(line)["text"]) for line in lines[1:]]
        texts = {f"sha256:{sha256(text).hexdigest()}": text.hex() for text in read}
        said = [{"export": 1, "log": "" + log}, *({"ruleset": name, "text": texts[name]} for name in texts)]
        said += [{"checkpoint": one.note} for one in own]
        if [json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in said] != [*lines, *last]:
            raise ValueError
    except (Fault, ValueError, LookupError, TypeError, RecursionError):
        raise Fault("the first lines are not the log's name and rulesets, or the last is no head") from None
    known = [one for one in outside if not own or one.log != log or one.size <= own[0].size]
    size, key, named = conclude(run(part_of, [(log, path, *cut) for cut in cuts]), log, key, own, known)
    for name in sorted(named.keys() ^ texts.keys(), key=lambda name: named.get(name, size)):
        lacks = "an entry names it, and its text is not there" if name in named else "no entry names it"
        raise Fault(f"ruleset {name}: {lacks}", named.get(name))
    return size


if __name__ == "__main__":
    code = 2
    try:
        if len(sys.argv) < 3:
            raise Fault("usage: python verifying.py EXPORT KEY [CHECKPOINTS ...]")
        kept = [one for file in sys.argv[3:] for one in heads(Path(file).read_text("utf-8", "replace"), file)]
        line, code = Key(sys.argv[2]), 1
        with Pool() as pool:
            size = verify(sys.argv[1], line, kept, pool.imap)
        print(f"{size:,} entries, all as they were signed", held(kept, size), sep="\n")
    except (Fault, OSError) as found:
        print(found, file=sys.stderr)
        sys.exit(2 if isinstance(found, OSError) else code)
