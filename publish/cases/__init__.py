"""Cases: repair, objection and commitment, from the first paper to their effect.

Pure rules (``machines``, ``policy``, ``eligibility``) and what the registry keeps of
cases. Not here: tables (``publish.registry``), letters, pages.
"""
