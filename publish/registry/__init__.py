"""The registry: what people and banks entrust to the platform, kept in one database.

Here: its tables and engine (SQLite by default, PostgreSQL by URL). Not here: who may do
what with them (``publish.access``); published data, which are files, never rows here.
"""
