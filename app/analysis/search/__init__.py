"""Facts that show a thing, found by running the real chain; what is not found is not proved impossible."""
