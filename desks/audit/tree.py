"""Merkle trees as in RFC 6962: roots, inclusion proofs, consistency proofs. Sans I/O.

The hashes of a proof are the roots of ranges of leaves that do not overlap. So a proof is made in one pass over the
leaves, with as much memory as it is long, and where a frontier is known the pass begins behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple, Self

__all__ = [
    "EMPTY",
    "Frontier",
    "Range",
    "consistency_ranges",
    "hash_leaf",
    "hash_node",
    "inclusion_ranges",
    "roots_of",
    "verify_consistency",
    "verify_inclusion",
]

EMPTY = sha256(b"").digest()  # the root of a tree without leaves
HASH = 32


class Range(NamedTuple):
    """Leaves from ``first`` to before ``end``."""

    first: int
    end: int


def hash_leaf(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return sha256(b"\1" + left + right).digest()


class Frontier:
    """A tree that only grows, as the roots of its complete subtrees: from left to right, each smaller than the last."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """Take a tree of a size up again; raises ``ValueError`` where such a tree has another number of subtrees."""
        if len(nodes) != size.bit_count() or any(len(node) != HASH for node in nodes):
            raise ValueError(f"no frontier of a tree of {size} leaves")
        self.size = size
        self._nodes = list(nodes)

    @classmethod
    def decode(cls, size: int, data: bytes) -> Self:
        """Return a frontier from its bytes; raises ``ValueError``."""
        return cls(size, [data[at : at + HASH] for at in range(0, len(data), HASH)])

    def encode(self) -> bytes:
        """Return its nodes as bytes."""
        return b"".join(self._nodes)

    def copy(self) -> Frontier:
        """Return the tree as it is now."""
        return Frontier(self.size, self._nodes)

    def append(self, leaf: bytes) -> None:
        """Take in the hash of the next leaf."""
        nodes, size, node = self._nodes, self.size, leaf
        while size & 1:
            node = sha256(b"\1" + nodes.pop() + node).digest()
            size >>= 1
        nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self._nodes:
            return EMPTY
        *rest, root = self._nodes
        for node in reversed(rest):
            root = hash_node(node, root)
        return root

    def ranges(self) -> dict[Range, bytes]:
        """Return its complete subtrees."""
        found, first = {}, 0
        for node in self._nodes:
            end = first + (1 << (self.size - first).bit_length() - 1)
            found[Range(first, end)] = node
            first = end
        return found


# -- which hashes a proof has -----------------------------------------------------------------------------------------


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return what the proof is made of that a leaf is in a tree of a size (RFC 6962, 2.1.1); raises ``ValueError``."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path, first, end = list[Range](), 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(first, middle))
            first = middle
    return path[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """Return what the proof is made of that a tree goes on from an older one (RFC 6962, 2.1.2); ``ValueError``."""
    if not 0 < old <= size:
        raise ValueError(f"a tree of {size} does not go on from one of {old}")
    path, first, end, whole = list[Range](), 0, size, True
    while end != old:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(first, middle))
            first, whole = middle, False
    if not whole:
        path.append(Range(first, end))
    return path[::-1]


def roots_of(ranges: Sequence[Range], leaves: Iterable[bytes], begun: Frontier | None = None) -> list[bytes]:
    """Return the root of each range; ``leaves`` are the hashes of all leaves, or of those behind ``begun``.

    Raises ``ValueError`` where there are not enough leaves.
    """
    begun = begun or Frontier()
    known = begun.ranges()
    trees = {one: Frontier() for one in ranges if one not in known}
    for one, tree in trees.items():
        for part, node in known.items():
            if one.first <= part.first and part.end <= one.end:
                _adopt(tree, part, node)
    waiting = sorted(trees)
    for index, leaf in enumerate(leaves, begun.size):
        while waiting and waiting[0].end <= index:
            waiting.pop(0)
        if not waiting:
            break
        if waiting[0].first <= index:
            trees[waiting[0]].append(leaf)
    short = [one for one, tree in trees.items() if tree.size != one.end - one.first]
    if short:
        raise ValueError(f"there are not enough leaves for the range {tuple(short[0])}")
    return [known[one] if one in known else trees[one].root() for one in ranges]


def _adopt(tree: Frontier, part: Range, node: bytes) -> None:
    """Put a complete subtree at the end of a tree, where it has its place."""
    tree._nodes.append(node)
    tree.size += part.end - part.first


# -- checking ---------------------------------------------------------------------------------------------------------


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether a leaf is in a tree (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, at, last = leaf, index, size - 1
    for hashed in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = hash_node(hashed, node)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            node = hash_node(node, hashed)
        at >>= 1
        last >>= 1
    return last == 0 and node == root


def verify_consistency(old: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Say whether a tree goes on from an older one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not proof and old_root == root
    path = list(proof)
    if old.bit_count() == 1:
        path.insert(0, old_root)
    if not path:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at >>= 1
        last >>= 1
    before = after = path[0]
    for hashed in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = hash_node(hashed, before), hash_node(hashed, after)
            while not at & 1 and at:
                at >>= 1
                last >>= 1
        else:
            after = hash_node(after, hashed)
        at >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == root
