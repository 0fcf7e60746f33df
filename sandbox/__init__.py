"""The sandbox: four agencies with invented enterprises, over real HTTP and files.

Here: invented enterprises, what happens to them, and how each agency tells it in its
own format. Not here: anything of ours. This package imports nothing from the other
rooms, so that their parsers meet formats they did not write.
"""

from sandbox import credentials, faults
from sandbox.service import Sandbox, serve
from sandbox.web.mischief import KINDS, UnknownFaultError, parsed

__all__ = [
    "KINDS",
    "Sandbox",
    "UnknownFaultError",
    "credentials",
    "faults",
    "parsed",
    "serve",
]
