"""People: who there is, what each may settle, whose customers they look after, and how they sign in.

Every change is an entry of the log; who may make it is settled in ``managing``,
before anything is read that a stranger could learn from.
"""
