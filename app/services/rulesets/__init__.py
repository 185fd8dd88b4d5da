"""Rulesets on their way: from files, from draft to active by two people, and back again.

publishing     files and the store
drafting       texts as officers write them
proving        what a text shows about itself, before anybody is asked to approve it
releasing      submitted, approved, active, retired, by more than one pair of eyes
editing        a draft piece by piece, and what two people make of it at once (three_way)
table_checks   what is wrong with one table of a text that is not stored yet
samples        the cases and the examples of rules of a text, run (case_results)
versions       where they stand, what they say, and their story
state_changes  the one way in which a version's state changes
"""
