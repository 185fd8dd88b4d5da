"""Runs of the day: one policy asked of every open invoice or every customer.

asking     what a run asks: batches with all that is known, read some customers at a time
recalling  what was decided before on many references, read at once
beginning  whether a run may begin
running    the conductor: begins, goes on where it stopped, records, ends
worklists  whose work it is, a customer's worst first; letters ready to send
"""
