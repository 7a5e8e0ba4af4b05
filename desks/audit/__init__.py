"""Proving that the log is what it was: Merkle trees over its records, signed checkpoints, proofs, witnesses."""
