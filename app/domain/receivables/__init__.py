"""The receivables: documents of customers, how they stood on a day, and what is measured on them.

``documents`` says what each kind of document is made of; ``account`` how one customer's documents
stood on a day, by what was dated on or before it; ``measures`` what is measured on that, each with
its formula in words; ``portfolio`` and ``stress`` add many customers up.

Amounts are whole hundredths here, because they are added by the million and never divided before the
end; what a measure yields is a ``Decimal``, an ``int`` of days or a count. Nothing is a float.

Not here: I/O, a clock, numbers of a policy (windows and thresholds are handed in).
"""
