"""How the registry's tables came to be, one file a step (Alembic).

A step is named ``NNNN_what`` and is its own revision; steps form one chain. A new table is
declared in ``tables`` or beside it and gets a step here; a test compares both. Not here:
when they run (``publish.registry.schema``).
"""
