"""``termwise people`` and ``termwise keys``: who may ask, decide and settle.

The first administrator comes from here: over HTTP only an administrator makes people.
"""
