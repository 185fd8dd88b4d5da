"""What differs between two versions of a ruleset, part by part, and what follows from it.

The comparison works on the texts as they are written: every key, value, row and
rule of one is set beside its namesake in the other, so a key that the language
gets tomorrow is compared today. What a changed parameter does to a rule whose
own text stayed the same is read from the loaded rulesets. A changed line that
neither of them explains is told as a line of the text, and never dropped.

Pure: texts and rulesets go in, changes come out. Running cases on both versions
needs engines, and is handed a matcher for each.
"""
