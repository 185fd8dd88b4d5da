"""What would give a milder outcome: the smallest changes of the facts that a requester can change.

    finding    all of it, for the facts of one decision
    ladders    the values that a fact may be changed to, rung by rung away from what it is
    searching  boxes of rungs, nearest first: what is found is least, what is not does not exist
    outlook    whether a box can hold an outcome as mild as is asked for; no is certain
               (outlook_of_rules, outlook_of_scores, state, cells: its parts)
    chain      what each step of a ruleset reads
    folding    formulas with everything put in that stays as it is
    telling    what a way would tell of what is sensitive

A box that can hold nothing milder is left out with all its points; what is not left
out is run through the real chain. So what is found is exact, whatever the rules are.
"""
