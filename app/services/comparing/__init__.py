"""Two versions side by side: in words, on their cases, and over what was decided.

Nothing here is a decision: a rehearsal leaves one entry that says who rehearsed
what on how many, and no more.
"""
