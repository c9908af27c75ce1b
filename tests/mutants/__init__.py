"""Seeded slips in the packs, in memory, and who notices them.

A slip (a mutant) is one small change of one policy, authority, promise, row or code, as a tired
person makes it. The solver says what it does: whether it widens release, changes an answer or a
duty at all, or nothing. Then each guard is asked by itself: the check, the promises, the comparison
with the law that was active, the known answers. A wider row of a table of reach changes no answer:
it takes a promise away, and only the comparison tells it.

Run all, or a sample, from the top of the project (the run can be stopped, and goes on where it
was when it is started again with the same file):

    PYTHONPATH=src python benchmarks/mutants.py --out mutants.jsonl                # all
    PYTHONPATH=src python benchmarks/mutants.py --out sample.jsonl --sample 8      # 8 of each kind
    PYTHONPATH=src python benchmarks/mutants.py --out p.jsonl --sample 8 --only promises
    PYTHONPATH=src python benchmarks/mutants.py --out p.jsonl --show promises      # what they miss

``--only promises`` asks the solver, and the promises of what widens release alone: a second or two
a slip. ``--kind`` takes one kind of slip.
"""
