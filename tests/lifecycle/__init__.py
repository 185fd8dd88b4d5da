"""The lifecycle of ruleset versions: officers, small texts, a desk over a real store, a random campaign."""
