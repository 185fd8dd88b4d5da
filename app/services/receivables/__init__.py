"""Receivables: importing documents, measuring customers, and the reports over all of them."""
