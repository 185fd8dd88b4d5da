"""``termwise rulesets``: what is in the store, what is in the folder, and what a text proves about itself."""
