"""The hall: what a ruleset is and how facts become a decision.

Here live values, expressions, rulesets, evaluation, decisions, lifecycle and
errors, as plain immutable objects and pure functions.

Not here: any outside library, any file, socket or database, any clock, any
randomness. Time and identifiers are handed in, so that a decision replayed in
ten years is the decision that was made. Amounts are Decimal; a float on the way
to a decision is a defect.
"""
