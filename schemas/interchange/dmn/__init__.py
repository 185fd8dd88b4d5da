"""DMN: the tables of a ruleset as a model for DMN editors, and back.

    model    what is read of a model: decisions, tables, rules, types
    xml      XML to that model; no document types, whatever DMN version's namespace
    feel     constants and names of ours as FEEL writes them, and back
    cells    conditions and contributions likewise; columns knows what each needs
    writing  the tables of a ruleset as a model (DMN 1.3), with a diagram
    reading  the tables of such a model as sheets

In FEEL ``not("A")`` holds on null, and in a ruleset ``not(A)`` does not hold on unknown; so
it goes out as ``not("A", null)``, and only that comes back as ``not(A)``.
"""

SOURCE, EN, ZH = "source", "en", "zh"
