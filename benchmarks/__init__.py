"""Timings as ratios against a baseline measured in the same run.

Not here: tests; nothing in ``tests/`` asserts a time.
"""
