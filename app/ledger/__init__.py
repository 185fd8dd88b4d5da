"""The audit log as functions over bytes: leaves, tree, checkpoints, sealing.

Here lives everything that hashes, signs or encrypts, and nothing else; this is
the only package that imports cryptography, so that a review of the cryptography
reads one folder.

Not here: tables, transactions, rulesets. The bytes of a leaf are stored as they
were made and never serialised a second time, because a signature promises bytes
and not meaning.
"""
