"""Runs RFC 9162 proof vectors, one JSON file each: ``python -m tests.ledger.vectors FOLDER``.

The files are those of the public collection for Merkle proofs (``leafIdx`` and ``treeSize``, or ``size1``
and ``size2``; ``wantErr`` tells whether the proof must be refused). They are not copied here: give their
folder, or set ``TERMWISE_RFC9162`` and run ``make vectors``.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

from app.ledger.tree import NotProven, check_consistency, check_inclusion


def refused(vector: dict[str, Any]) -> bool:
    """Whether our verification refuses the proof of a vector."""
    proof = [b64decode(one) for one in vector["proof"] or ()]
    try:
        if "leafIdx" in vector:
            leaf, root = b64decode(vector["leafHash"] or ""), b64decode(vector["root"] or "")
            check_inclusion(vector["leafIdx"], vector["treeSize"], leaf, proof, root)
        else:
            roots = b64decode(vector["root1"] or ""), b64decode(vector["root2"] or "")
            check_consistency(vector["size1"], vector["size2"], *roots, proof)
    except NotProven:
        return True
    return False


def main(folder: Path) -> int:
    """Run every vector below ``folder``; 1 when one is not judged as it should be."""
    paths = sorted(folder.rglob("*.json"))
    wrong = []
    for path in paths:
        vector = json.loads(path.read_text(encoding="utf-8"))
        if refused(vector) != vector["wantErr"]:
            wrong.append(f"{path.relative_to(folder)}: {vector['desc']}")
    print(f"{len(paths) - len(wrong)} of {len(paths)} vectors judged as they should be", *wrong, sep="\n")
    return 1 if wrong or not paths else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
