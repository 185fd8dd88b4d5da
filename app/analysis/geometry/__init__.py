"""Tables as geometry: columns cut into places, rows as boxes of places, and what they cover.

All of it is exact over the values that a column is said to have; a question that
would take too long is answered by ``TooMuch``, never by a guess.
"""
