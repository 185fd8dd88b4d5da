"""``termwise receivables``: import documents, show a customer, report key figures, test for stress."""
