"""The log: its order, its signed head, proofs and exports, by which others check it without us.

sequencing   places after the commit, the tree, and the signed head
reaching     how far that has got, and what keeps it
attesting    receipts, checkpoints and proofs
following    events in the order of the log
exporting    all that is needed to verify and replay elsewhere
verifying    the log in a database or an export
rotating     one signing key gives way to the next
"""
