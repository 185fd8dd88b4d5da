"""The log: its order, its signed head, proofs and exports, by which others check it without us.

sequencing   places after the commit, the tree, and the signed head
indexing     the index over decisions follows the places
reaching     how far that has got, and what keeps it
attesting    receipts, checkpoints and proofs
following    events in the order of the log
exporting    all that is needed to verify and replay elsewhere
verifying    the log in a database or an export, by as many processes as there are processors (spreading)
ties         every other row that the service believes, held against the log (beside, people_beside)
replaying    decisions again, against what was sealed and every column; replaying_exports without a database
searching    entries by what they say; sought and asking are what is looked for
rotating     one signing key gives way to the next
"""
