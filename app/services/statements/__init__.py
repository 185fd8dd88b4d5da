"""Statements of reasons: what a customer is given when a decision is not what was asked.

holding   which decisions have one, and whether the rules or a person said the last word
giving    read, put into words, rendered, recorded: no statement leaves without its entry
telling   what is told, of the decision, of who decided, and by law
forward   what would have changed it
sheets    a statement as headings and sentences
wording   the sentences, in both languages
"""
