"""The conductors: deciding, publishing, rehearsing, auditing.

Each reads as the list of its steps, in order, and is the only place that calls
several parts one after another; no part calls its neighbour. HTTP, batch and
shell all enter here, so that a decision is made the same way whoever asks.

    decisions  asking, deciding, reading back, explaining, replaying
    referrals  what waits for a person, and how it was settled
    rulesets   from file or draft to active, and back
    comparing  two versions in words, on cases, over what was decided
    people     who there is, what they may, how they sign in
    log        order, signatures, proofs, exports
    keeping    erasures, legal holds, keep times, and the keys that seal

Beside them stand what all of them use: the policies made ready, the recorder, the
vault, and ``assembly``, which wires everything to one store.

Not here: Flask, SQL, rule semantics.
"""
