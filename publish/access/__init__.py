"""Access: who may ask the bank interface, for what, and how often.

Here: keys, scopes, limits and the door that checks them. Not here: routes
(``publish.api``), the registry's tables (``publish.registry``).
"""
