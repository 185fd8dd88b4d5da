"""Receivables at the door: rows and mappings of documents in, measures and reports out."""
