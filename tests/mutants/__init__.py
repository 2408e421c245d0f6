"""A check of the checks: known faults, each put into a copy of the code, and the tests that must fail on it.

Run it (``make test-mutants``) before and after tests are moved, merged or made quicker: none may be noticed less than
before. To add a fault, make it in the code, write ``git diff -U1`` into ``<what is wrong>.patch`` here under a sentence
and a line ``Tests: …``, and take it out of the code again.
"""
