"""Fuzzing: targets (targets.py), the inputs to begin with (corpus/, written by seeds.py), mutation.

`python -m tests.fuzz TARGET [SECONDS]` runs one; test_targets.py runs each of them for moments.
"""
