"""Referrals: which decisions wait for a person, who may settle them, and how they were settled.

A decision is never changed; what settles it is an entry of its own that follows it.
"""
