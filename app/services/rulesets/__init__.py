"""Rulesets on their way: from files, from draft to active by two people, and back again.

publishing     files and the store
drafting       texts as officers write them
proving        what a text shows about itself, before anybody is asked to approve it
releasing      submitted, approved, active, retired, by more than one pair of eyes
versions       where they stand, what they say, and their story
state_changes  the one way in which a version's state changes
"""
