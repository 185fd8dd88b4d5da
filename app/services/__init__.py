"""The conductors: deciding, publishing, rehearsing, auditing.

Each reads as the list of its steps, in order, and is the only place that calls
several parts one after another; no part calls its neighbour. HTTP, batch and
shell all enter here, so that a decision is made the same way whoever asks.

Not here: Flask, SQL, rule semantics.
"""
