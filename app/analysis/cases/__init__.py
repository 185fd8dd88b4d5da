"""Boundary cases: facts on both sides of every threshold, and which thresholds a set of cases touches.

A threshold is where one test of a rule, or one comparison of a formula, turns. A case touches a
side of it where that test alone decides: all else that the rule asks holds, or the formula would
come out otherwise, and the value is the last one on its side. So whoever moves the threshold,
however little, changes what one of the two cases says.

    threshold   a place where one test, or one comparison of numbers or dates, turns
    thresholds  all of them; those of formulas in comparisons
    seeing      decisions on facts, with what every step saw of them
    touching    the sides of thresholds that a decision lies on
    coverage    the rules and sides that a set of cases covers
    asking      a side as a question to the solver
    narrowing   two decisions on either side, drawn together to one step of one fact
    finding     facts for one side
    choosing    few cases for many sides
    wording     what a case is called, in both languages
    proposing   all of it in one call
"""
