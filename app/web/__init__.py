"""The door for people and programs: HTTP in, problem details or a page out.

Reads a request, knows the caller, calls one service, writes the answer. Errors
become problem JSON (RFC 9457) or a page in one place.

Not here: a decision, a threshold, a policy's name. A new policy is data, and its
endpoint, document and form follow from its ruleset.
"""
