"""Questions about a ruleset itself: gaps, overlaps, dead rules, differences.

Answers are exact, by geometry over the declared values or by a solver; a sample
is never passed off as a proof.

    checking     everything that is claimed of all facts, in one call
    settled      how each claim stands: proven, refuted, not settled
    symbolic     the whole chain as terms, and z3, which is asked about them
    survey       lays each step out as a grid, over what the steps above it yield
    possible     what a name can be: bounds, words, and whether it can be unknown
    geometry     columns, places and boxes: what rows cover, share and leave out
    search       facts that show a thing, found by running the real chain
    variations   facts made up near a ruleset's own samples and thresholds
    trial        made-up facts run through the real chain: do the engines agree, do rules conflict
    differences  two matchers beside each other
    comparison   two versions: part by part, and whether they mean the same
    nearer       facts that show something, drawn near to the baseline
    rule_examples a rule's own examples: which fail, why, and which value would be right
    untouched    thresholds at which no example or case stands

Not here: an import of an engine. What must be matched is matched by the Matcher
that the caller hands in, so that analysis and decisions cannot drift apart. z3
may be imported here and nowhere else.
"""
