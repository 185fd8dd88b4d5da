"""The whole chain of a ruleset as terms, and a solver that is asked about them.

Every name of a ruleset becomes a symbol in terms of the facts: formulas exactly, rounding
included; tables, lists and scorecards with their hit policies; outputs as they combine;
the outcome, and where rules contradict each other. What follows is true of *all* facts.

::

    questions = Questions(ruleset)                   # encodes it: a tenth of a second or two
    whole, terms = questions.whole, questions.terms
    refused = whole.outcome.chosen["refuse"]         # a term: true where that is the outcome
    reply = questions.possible(refused)              # reply.never, reply.facts, or neither
    questions.possible(terms.both(refused, whole.fires(step, rule)))

``reply.facts`` are a suggestion: run them through the real engines before they are shown.
Another ruleset over the same facts, or the same ruleset over facts of which some differ,
is encoded beside the first, and shares with it whatever is the same::

    facts = questions.other_facts(["prepayment"])    # another prepayment, all else the same
    other = questions.encoded(ruleset, facts)
    worse = terms.both(other.at_least[2], terms.no(whole.at_least[2]))

    terms        truths and sums of whole numbers, each once
    sums         exact numbers as one sum over another
    numbers      makes numbers: cases, products, roundings, the calendar
    comparing    compares them, in terms of what they were made from
    symbols      what a name can be, of each kind, and whether it is known
    cells, formulas, matching, outputs, chain    the parts of a ruleset on symbols
    evaluating   what symbols are for given facts, to hold them against the engines
    lemmas, translating, solving                 z3, which is loaded only when asked
    asking       questions about a ruleset, and facts as answers

Exact for all facts that a request may bring; nothing is sampled. Products, quotients of
facts and the calendar are beyond a linear solver: they are bounded first, and lemmas
added where that was too wide, until it is settled or the steps are used up.
"""
