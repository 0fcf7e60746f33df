"""The policy engine: a dated document becomes indicators, grades and explanations.

Here: the shape of a policy and its mistakes (``policy``, ``loading``,
``consistency``), its words (``vocabulary``), and the SQL compiled from it (``figures``,
``indicators``, ``grades``, ``explanations``, ``evidence``): pure functions from tables
to tables.
Not here: what follows from a grade (``assets/measures``), where events come from
(``assets/files``), when anything runs (``orchestration``).
"""
