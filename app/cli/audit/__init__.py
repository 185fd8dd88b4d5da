"""``termwise audit``: keys of the log, its checkpoints and proofs, its export, and whether it is whole."""
