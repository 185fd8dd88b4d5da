"""``termwise serve``: a server that is watched, and that never outlives its watcher.

The decision engine runs C code that holds the GIL, so a hang can be ended from
outside only (``engine.md``, point 8). Hence three processes: the supervisor (the
command itself, which opens no port and decides nothing), granian's main process,
and its one worker. The last two are a process group of their own and end together.

The supervisor has everything imported and forks each server from itself: whatever ends
one, another answers after the fraction of a second in which it opens the store.
"""
