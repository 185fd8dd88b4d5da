"""Matching: which rules of one step hold for these values?

Here live two matchers that share no algorithm and no encoding (``durable`` and
``direct``) and ``agreement``, which asks both and gives no answer unless they
agree.

Not here: order, hit policies, amounts, outcomes, reasons. Those are domain code,
so that a fault in a matcher can be seen as a disagreement and cannot hide in
what is made of the answer. Only ``durable`` knows that durable_rules exists: its
safe use is a short list of rules kept in that one file.
"""
