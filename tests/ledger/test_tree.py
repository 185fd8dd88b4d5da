"""The tree is the one of RFC 9162, its proofs prove, and nothing else does."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.leaf import leaf_hash
from app.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    NotProven,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
)
from tests.ledger import naive

LEAVES = [leaf_hash(b"entry %d" % number) for number in range(300)]
MOST = len(LEAVES)
NOT_A_HASH = b"\x07" * 32


def node(level: int, position: int) -> bytes:
    """A complete subtree of ``LEAVES``, by the slow way."""
    size = 1 << level
    assert (position + 1) * size <= MOST
    return naive.root(LEAVES[position * size : (position + 1) * size])


def two_sizes():
    return st.tuples(st.integers(1, MOST), st.integers(1, MOST)).map(sorted)


def test_of_the_rfcs_own_leaves_has_the_known_roots():
    """The leaves and roots that the implementations of Certificate Transparency share."""
    data = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    frontier = Frontier()
    roots = []
    for one in data:
        frontier.append(leaf_hash(bytes.fromhex(one)))
        roots.append(frontier.root().hex())
    assert roots[0] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert roots[7] == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_that_is_empty_has_the_hash_of_nothing():
    assert Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


def test_grows_leaf_by_leaf_to_the_roots_of_the_slow_way():
    frontier = Frontier()
    for size, leaf in enumerate(LEAVES, 1):
        made = frontier.append(leaf)
        assert frontier.root() == naive.root(LEAVES[:size])
        assert all(one.hash == node(one.level, one.position) for one in made)


@given(st.integers(0, MOST))
def test_goes_on_from_its_complete_subtrees_alone(size):
    frontier = Frontier.of(size, node)
    assert frontier.root() == naive.root(LEAVES[:size])
    for leaf in LEAVES[size : size + 3]:
        frontier.append(leaf)
    assert frontier.root() == naive.root(LEAVES[: size + 3])


@pytest.mark.parametrize(("size", "peaks"), [(3, [b""]), (4, [b"", b""]), (-1, [])])
def test_of_another_size_than_its_peaks_is_refused(size, peaks):
    with pytest.raises(ValueError, match="peaks"):
        Frontier(size, peaks)


@given(st.integers(1, MOST), st.data())
def test_proves_each_leaf_by_the_path_of_the_slow_way(size, data):
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, node)
    assert proof == naive.path(index, LEAVES[:size])
    check_inclusion(index, size, LEAVES[index], proof, naive.root(LEAVES[:size]))


@given(two_sizes())
def test_proves_each_earlier_tree_by_the_proof_of_the_slow_way(sizes):
    first, second = sizes
    proof = consistency_proof(first, second, node)
    assert proof == naive.proof(first, LEAVES[:second])
    check_consistency(first, second, naive.root(LEAVES[:first]), naive.root(LEAVES[:second]), proof)


def spoilt(proof: list[bytes]) -> list[list[bytes]]:
    """A proof with a hash too many, too few, another or none, and with a bit changed."""
    changed = [
        [*proof[:at], bytes([proof[at][0] ^ 4]) + proof[at][1:], *proof[at + 1 :]] for at in range(len(proof))
    ]
    missing = [proof[:at] + proof[at + 1 :] for at in range(len(proof))]
    more = [[NOT_A_HASH, *proof], [*proof, NOT_A_HASH], [*proof, b""], [b"", *proof]]
    return [*changed, *missing, *more, proof[::-1] if proof != proof[::-1] else [*proof, *proof, b"x"]]


@given(st.integers(1, 40), st.data())
def test_proves_no_leaf_at_another_place_in_another_tree_or_by_another_path(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaf, root = LEAVES[index], naive.root(LEAVES[:size])
    proof = inclusion_proof(index, size, node)
    wrong = [(index, size, leaf, other, root) for other in spoilt(proof)]
    wrong += [(index, size, NOT_A_HASH, proof, root), (index, size, leaf, proof, NOT_A_HASH)]
    wrong += [
        (other, size, leaf, proof, root) for other in (*range(index), *range(index + 1, size), -1, size)
    ]
    wrong += [(index, size, b"", proof, root), (index, size, leaf, proof, b"")]
    for one in wrong:
        with pytest.raises(NotProven):
            check_inclusion(*one)


@given(st.integers(2, 80), st.data())
def test_proves_no_tree_that_is_not_continued(second, data):
    first = data.draw(st.integers(1, second - 1))
    roots = naive.root(LEAVES[:first]), naive.root(LEAVES[:second])
    proof = consistency_proof(first, second, node)
    wrong = [(first, second, *roots, other) for other in spoilt(proof)]
    wrong += [(first, second, NOT_A_HASH, roots[1], proof), (first, second, roots[0], NOT_A_HASH, proof)]
    wrong += [
        (second, first, *roots, proof),
        (0, second, *roots, proof),
        (first, second, *roots[::-1], proof),
    ]
    for one in wrong:
        with pytest.raises(NotProven):
            check_consistency(*one)


def test_of_one_size_is_one_tree_without_a_proof():
    root = naive.root(LEAVES[:5])
    check_consistency(5, 5, root, root, [])
    for wrong in ((root, NOT_A_HASH, []), (root, root, [root])):
        with pytest.raises(NotProven):
            check_consistency(5, 5, *wrong)


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_has_no_proof_for_a_leaf_that_it_has_not(index, size):
    with pytest.raises(ValueError, match="has no leaf"):
        inclusion_proof(index, size, node)


@pytest.mark.parametrize(("first", "second"), [(0, 3), (4, 3)])
def test_has_no_proof_between_such_sizes(first, second):
    with pytest.raises(ValueError, match="no proof leads"):
        consistency_proof(first, second, node)
