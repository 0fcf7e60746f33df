"""Backup and restore: what cannot be made again, in one archive.

Here: which folders, the archive's form, putting it back. Not here: the registry's rows as
text (``publish.registry.copying``), the commands (``orchestration.backup_commands``).
"""
