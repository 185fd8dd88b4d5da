"""Matching: which rules of one step hold for these values?

Two matchers that share no algorithm, no encoding and no line of code answer it:
``direct``, by intervals over the exact values, and ``durable``, by the Rete
network of durable_rules over small integers (``ranks`` and ``flags`` encode,
``patterns`` makes rules of cells, ``handles`` keeps the network within its
limits). ``agreement`` asks both and gives no answer unless they agree;
``compiled`` keeps them ready by digest.

Not here: order, hit policies, amounts, outcomes, reasons. Those are domain code,
so that a fault in a matcher can be seen as a disagreement and cannot hide in
what is made of the answer. Only ``durable`` knows that durable_rules exists: its
safe use is a short list of rules kept in that one file.
"""
