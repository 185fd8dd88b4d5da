"""Verifies an exported log offline: Python 3.11, ``cryptography``, this file, and nothing else of Termwise.

    python verifying.py EXPORT KEY [CHECKPOINTS ...]    # exit code 0: whole; 1: not, and where; 2: not judged

An export is lines of JSON: the log's name, ruleset texts, its entries, its signed head. An entry:
    {"index":0,"hash":HEX,"leaf":HEX,"sealed":HEX,"decision":true}
``hash`` is SHA-256(0x00 || leaf), a leaf of an RFC 9162 tree. The leaf is JSON in the clear: the log's name,
id, kind, time, and the SHA-256 of the sealed part. ``decision`` stands where one is stored beside the entry.
Checked are every line to its last bit, these hashes, indexes without gap, ids given once, a decision to each
such leaf, root and signature of the head, and each checkpoint kept outside, up to that head. Whoever has the
signing key can rewrite what is behind the newest: give yours, kept where the operator cannot write.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64decode, b64encode
from binascii import hexlify, unhexlify
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from io import BytesIO
from multiprocessing import Pool
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_START, _ENDS = b'{"index":%d,"hash":"%b', (b"}\n", b',"decision":true}\n')
_RULESET = b'{"ruleset":"sha256:%b","text":"%b"}\n'
_LEAF = re.compile(
    rb'\{"at":"([^"]+)","clear":(\{.*\}),"engine":"[^"]*","format":1,"id":"([0-9a-f-]{36})","kind":"([a-z-]+)",'
    rb'"log":"([^"]+)","not_held":[0-9]+,"sealed_sha256":"([0-9a-f]{64})"\}'
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
    """What a run of entries came to, up to its first fault: of each the hash, and the id in 16 bytes."""

    first: int | None = None
    hashes: list[bytes] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)
    fault: str | None = None

    def add(self, log: bytes, index: int, hash: bytes, leaf: bytes, sealed: bytes, decision: bool) -> Any:
        """Check one entry against itself and its place in the run; what its leaf says. Raises ``Fault``."""
        self.first = index if self.first is None else self.first
        if not (found := _LEAF.fullmatch(leaf)) or found[5] != log:
            raise Fault("its leaf is not of the form of one of this log")
        at, clear, id, kind, _, digest = found.groups()
        for wrong, fault in (
            (index != self.first + len(self.hashes), "the line of another entry stands in its place"),
            (sha256(b"\x00" + leaf).digest() != hash, "its bytes have another hash than the tree holds"),
            (sha256(sealed).hexdigest().encode() != digest, "its sealed part is not the leaf's"),
            ((kind == b"decision") is not decision, "leaf and decisions differ on whether it is one"),
        ):
            if wrong:
                raise Fault(fault)
        if kind == b"log-key":
            self.keys[index] = str(json.loads(clear).get("announcement"))
        self.hashes.append(hash)
        self.ids.append(unhexlify(id.replace(b"-", b"")))
        return at, clear, id, kind

    def read(self, log: bytes, line: bytes) -> None:
        """Check one line of an export: it is as its values are written. Raises ``Fault``, ``ValueError``."""
        if line.startswith(b'{"ruleset"'):
            text = unhexlify(line.partition(b'"text":"')[2][:-3])
            if line != _RULESET % (sha256(text).hexdigest().encode(), hexlify(text)):
                raise Fault("before it, a ruleset's text is not the one of its digest")
            return
        start, _, rest = line.partition(b'","leaf":"')
        leaf, _, rest = rest.partition(b'","sealed":"')
        sealed, _, end = rest.partition(b'"')
        number, _, hash = start[9:].partition(b',"hash":"')
        index, values = int(number), (unhexlify(hash), unhexlify(leaf), unhexlify(sealed))
        as_written = start == _START % (index, hash) and end in _ENDS
        if not as_written or any(map(line.__contains__, b"ABCDEF")):  # unhexlify takes capitals, too
            raise Fault("its line is not of the form of an entry")
        self.add(log, index, *values, end == _ENDS[1])


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
            try:
                signature = exact64(coded.encode())
                if name == self.name and signature[:4] == self._id:
                    self._public.verify(signature[4:], (text + "\n").encode())
                    return text.split("\n")
            except (ValueError, InvalidSignature):
                pass
        return []


def exact64(coded: bytes) -> bytes:
    """Base64 in its one form, so that no other text stands for the same bytes; raises ``ValueError``."""
    if b64encode(data := b64decode(coded)) != coded:
        raise ValueError("base64 of another form")
    return data


def heads(text: str) -> list[Head]:
    """The checkpoints in a text of them, one after the other; raises ``Fault`` for what is none."""
    notes = re.findall(r"(?:[^\n]+\n)+\n(?:— [^\n]+\n)+", text)
    try:
        split = [(note, *note.split("\n")[:3]) for note in notes]
        return [Head(note, log, int(size), exact64(root.encode())) for note, log, size, root in split]
    except ValueError:
        raise Fault("not a file of checkpoints") from None


def conclude(
    parts: Iterable[Part], log: str, key: Key, own: Heads, outside: Heads, size: int = 0, peaks: Any = ()
) -> tuple[int, Key]:
    """Where the tree of ``size`` and ``peaks`` ends with these parts, and its key; raises ``Fault``."""
    held = sorted((*outside, *own), key=lambda one: one.size, reverse=True)
    strict, good, peaks, ids = (*own, *held[:1]), size, [*peaks], set[bytes]()
    for part in parts:
        if part.first not in (None, size):
            raise Fault(f"entry {size}: the line of entry {part.first} stands in its place", size)
        for node, id in zip(part.hashes, part.ids, strict=True):
            level, known = size, len(ids)
            while level & 1:
                node, level = _node(node, peaks.pop()), level >> 1
            peaks.append(node)
            size += 1
            ids.add(id)
            if len(ids) == known:
                raise Fault(f"entry {size - 1}: its id is that of an earlier one", size - 1)
            while held and held[-1].size == size:
                head, root = held.pop(), reduce(_node, peaks[::-1])
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
    return size, key


def _node(right: bytes, left: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


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


def verify(path: str, key: Key, outside: Heads = (), run: Any = map) -> tuple[int, str]:
    """How many entries the export holds, and words on later ones; raises ``Fault`` at the first bad one."""
    with open(path, "rb") as file:
        first, start, end = file.readline(), file.tell(), file.seek(0, 2)
        file.seek(max(start, end - 4096))
        last = [line for line in file.read().splitlines(True)[-1:] if line.startswith(b'{"checkpoint":')]
        end -= sum(map(len, last))
        cuts = []
        while start < end:
            file.seek(min(start + PIECE_BYTES, end - 1))
            file.readline()
            cuts.append((start, start := file.tell()))
    try:
        log, notes = json.loads(first)["log"], [json.loads(line)["checkpoint"] for line in last]
        said = [{"export": 1, "log": "" + log}, *({"checkpoint": "" + note} for note in notes)]
        if [json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in said] != [first, *last]:
            raise ValueError
    except (ValueError, LookupError, TypeError, RecursionError):
        raise Fault("the first line does not name the log, or the last is not its head") from None
    own, pieces = heads("".join(notes)), [(log, path, *cut) for cut in cuts]
    known = [one for one in outside if not own or one.log != log or one.size <= own[0].size]
    size, key = conclude(run(part_of, pieces), log, key, own, known)
    newest = max([*own, *outside], key=lambda one: one.size)
    by = "" if key.signed(newest.note)[:1] == [log] else " by a key that it does not name"
    later = f"{newest.size - size:,} later " + ("entry was" if newest.size == size + 1 else "entries were")
    words = f"older than the newest checkpoint that you gave: {later} signed{by} after this export, not in it"
    return size, words if newest.size > size else ""


if __name__ == "__main__":
    code = 2
    try:
        if len(sys.argv) < 3:
            raise Fault("usage: python verifying.py EXPORT KEY [CHECKPOINTS ...]")
        given = [head for file in sys.argv[3:] for head in heads(Path(file).read_text("utf-8", "replace"))]
        line, code = Key(sys.argv[2]), 1
        with Pool() as pool:
            count, older = verify(sys.argv[1], line, given, pool.imap)
        print(f"{count:,} entries, all as they were signed", older, sep="\n" if older else "")
    except (Fault, OSError) as found:
        print(found, file=sys.stderr)
        sys.exit(2 if isinstance(found, OSError) else code)
