"""Decisions: who asks, what is decided and recorded, and what is read back, explained and replayed.

asking     a principal becomes a caller; what is not theirs to ask is refused
deciding   facts in, decision out, and no answer before its entry is durable
records    what is recorded of it, and in which part of the entry
gathering  every fact of a request, and where it came from
making     from a request to the recordings of its decision, wherever it is run
batching   the same of many, as a function that any process runs
auditing   what was decided, by which rule, on which facts
replaying  the same facts on the same text, against the record
repeating  what was asked again with other facts
"""
