"""Which values a name can have where a step reads it, told from the text alone.

The answer may be too wide and is never too narrow: what is said to be impossible
is impossible, what is said to be possible may still not be.
"""
