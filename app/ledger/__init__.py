"""The audit log as functions over bytes: leaves, tree, checkpoints, sealing.

Here lives everything that hashes, signs or encrypts, and nothing else; only
``app.credentials`` (passwords) imports cryptography besides, so that a review of the
cryptography reads two folders.

Not here: tables, transactions, rulesets. The bytes of a leaf are stored as they
were made and never serialised a second time, because a signature promises bytes
and not meaning.
"""
