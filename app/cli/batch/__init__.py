"""``termwise batch``: one decision for every row of a file.

A run has an id, and each row is claimed under it in the same transaction as its
decision. So a run that was stopped, by Ctrl-C or by a power cut, goes on when
the command is given again: what was decided is read back, the rest is decided,
and the file that comes out has every row once and in order.
"""
