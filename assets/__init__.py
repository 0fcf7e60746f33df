"""What the platform makes: sources, records, credit files, grades, measures, releases.

Rules here are pure functions from tables to tables (SQL as trees); the Dagster assets
around them are thin. Not here: when things run and where bytes lie (``orchestration``).
"""
