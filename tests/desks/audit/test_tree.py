"""Merkle trees: the vectors of RFC 6962's implementations, and laws against the recursive definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks.audit.tree import (
    EMPTY,
    Frontier,
    consistency_ranges,
    hash_leaf,
    inclusion_ranges,
    roots_of,
    verify_consistency,
    verify_inclusion,
)

# The leaves and roots that the tests of Certificate Transparency use.
VECTORS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [hash_leaf(b"%d" % number) for number in range(count)]


def grown(hashes: list[bytes]) -> Frontier:
    tree = Frontier()
    for leaf in hashes:
        tree.append(leaf)
    return tree


def mth(hashes: list[bytes]) -> bytes:
    """Return the root as RFC 6962, 2.1 defines it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256(b"").digest()
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return sha256(b"\1" + mth(hashes[:middle]) + mth(hashes[middle:])).digest()


def test_the_roots_are_those_of_the_vectors() -> None:
    tree = Frontier()
    assert tree.root() == EMPTY == bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    for data, root in zip(VECTORS, ROOTS, strict=True):
        tree.append(hash_leaf(bytes.fromhex(data)))
        assert tree.root().hex() == root


@pytest.mark.parametrize("size", range(40))
def test_a_tree_that_grows_has_the_root_of_the_definition_and_is_taken_up_again(size: int) -> None:
    tree = grown(leaves(size))
    assert tree.root() == mth(leaves(size))
    again = Frontier.decode(size, tree.encode())
    again.append(hash_leaf(b"%d" % size))
    assert again.root() == mth(leaves(size + 1))
    assert tree.root() == mth(leaves(size))


def test_a_frontier_of_another_size_is_none() -> None:
    with pytest.raises(ValueError, match="no frontier of a tree of 6 leaves"):
        Frontier.decode(6, grown(leaves(7)).encode())


@given(size=st.integers(1, 300), data=st.data())
def test_a_leaf_is_proved_to_be_where_it_is_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    begun = data.draw(st.integers(0, index))
    hashes, root = leaves(size), mth(leaves(size))
    ranges = inclusion_ranges(index, size)
    proof = roots_of(ranges, iter(hashes))
    assert proof == [mth(hashes[first:end]) for first, end in ranges]
    assert proof == roots_of(ranges, hashes[begun:], grown(hashes[:begun]))
    assert verify_inclusion(hashes[index], index, size, proof, root)
    other = data.draw(st.integers(-1, size))
    assert verify_inclusion(hashes[index], other, size, proof, root) == (other == index)
    assert not verify_inclusion(hash_leaf(b"another"), index, size, proof, root)
    assert not verify_inclusion(hashes[index], index, size, [*proof, EMPTY], root)
    assert not verify_inclusion(hashes[index], index, size, proof[:-1], root) or not proof


@given(size=st.integers(1, 300), data=st.data())
def test_a_tree_is_proved_to_go_on_from_what_it_was_and_from_nothing_else(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    begun = data.draw(st.integers(0, old))
    hashes = leaves(size)
    ranges = consistency_ranges(old, size)
    proof = roots_of(ranges, iter(hashes))
    assert proof == [mth(hashes[first:end]) for first, end in ranges]
    assert proof == roots_of(ranges, hashes[begun:], grown(hashes[:begun]))
    assert verify_consistency(old, size, proof, mth(hashes[:old]), mth(hashes))
    forged = [*hashes[: old - 1], hash_leaf(b"another"), *hashes[old:]]
    assert not verify_consistency(old, size, proof, mth(forged[:old]), mth(hashes))
    assert not verify_consistency(old, size, proof, mth(hashes[:old]), mth(forged))
    if old < size:  # an edited history has no proof at all that the old head is in it
        assert not verify_consistency(old, size, roots_of(ranges, iter(forged)), mth(hashes[:old]), mth(forged))


def test_what_cannot_be_proved_is_refused() -> None:
    for ranges, which in ((inclusion_ranges, 3), (consistency_ranges, 4), (consistency_ranges, 0)):
        with pytest.raises(ValueError, match="of 3"):
            ranges(which, 3)
    with pytest.raises(ValueError, match="not enough leaves"):
        roots_of(inclusion_ranges(0, 8), iter(leaves(7)))
    assert not verify_consistency(0, 3, [], EMPTY, mth(leaves(3)))
    assert not verify_consistency(3, 4, [], mth(leaves(3)), mth(leaves(4)))
