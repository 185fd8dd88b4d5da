"""Questions about a ruleset itself: gaps, overlaps, dead rules, differences.

Answers are exact, by geometry over the declared values or by a solver; a sample
is never passed off as a proof.

Not here: an import of an engine. What must be matched is matched by the Matcher
that the caller hands in, so that analysis and decisions cannot drift apart. z3
may be imported here and nowhere else.
"""
