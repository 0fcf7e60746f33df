"""The lake: the only room that reads and writes platform state on disk or in a store.

``landing`` raw batches, ``records`` versions and quarantine, ``tables`` snapshots;
``store`` and ``objects`` are where their files lie.
"""
