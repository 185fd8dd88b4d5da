"""Keeping: how long things are kept, and how they go.

erasing    a customer's data keys, or a departed person's, are destroyed: what they sealed is gone
holds      a legal hold on a customer: nothing is erased while it stands
retention  the table of keep times
applying   what has been kept long enough is erased
renewing   new data keys in place of old ones
mastering  another master key wraps the data keys

An erasure is an entry first and a destruction after it, in two databases. The order is
what makes it hold: keys are retired in the log, from when on nothing is sealed under them;
the entry is committed with the list of what is to be destroyed, or refused by a hold; then
the keys are destroyed, and what is left of the list tells the next process where to go on.
"""
