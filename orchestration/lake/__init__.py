"""The lake: the only room that reads and writes platform state on disk.

``landing`` raw batches, ``records`` versions and quarantine, ``tables`` snapshots.
"""
