"""Passwords, session tokens and keys as functions over text: made, told apart, compared.

What is stored is what proves nothing by itself: argon2id of a password, which a person
chose and others may guess, and SHA-256 of a token or secret, which has 256 random bits
and needs no slower hash. Comparisons take the same time wherever two texts differ.

Beside ``app.ledger`` the only room of cryptography. Not here: who may do what, tables,
requests, the time.
"""
