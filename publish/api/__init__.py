"""The bank interface ``/api/v1``: routes, wire shapes, problems, its own description.

Additive only: fields may be added, none is ever renamed, retyped or removed. Not here:
keys and limits (``publish.access``), pages (``publish.site``).
"""
