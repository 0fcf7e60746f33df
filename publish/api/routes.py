"""Every route of the bank interface, once.

Dispatch, checks of parameters, the description and its documents derive from this list.
Not here: the routes themselves, which stand by what they are about.
"""

from __future__ import annotations

from publish.api.credit_routes import CREDIT, OWN, REPORT
from publish.api.facts_routes import CATALOGUE, FACTS, OPEN
from publish.api.operation import Operation
from publish.api.work_routes import NOTIFY, SCREEN, TELL

OPERATIONS: tuple[Operation, ...] = (
    *(*OPEN, *FACTS, *CATALOGUE),
    *(*CREDIT, *REPORT, *OWN),
    *(*SCREEN, *NOTIFY, *TELL),
)
