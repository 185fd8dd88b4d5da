"""The shape of every document that crosses the door, in either direction.

Ruleset text, expressions, facts, requests, decisions, audit entries, problems:
each is read strictly (no implicit types, no duplicate keys, no unknown fields)
and refused with a message that says what, where and what to do.

The only package that imports marshmallow, PyYAML or lark. It turns documents
into domain objects and back.

Not here: decisions, files other than the text handed in, the database.
"""
