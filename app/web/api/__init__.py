"""The JSON resources under /v1 and the OpenAPI documents that describe them.

Each module is one resource. Shapes come from ``schemas``; apispec is imported
here and nowhere else, so that the document is made from the shapes that are
enforced.

Not here: validation by hand, SQL, HTML.
"""
