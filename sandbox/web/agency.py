"""What the three agencies have in common: resources, faults and refusals.

Each agency adds its authentication, its paging and its envelopes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from sandbox.ledger import DATASETS, Row
from sandbox.universe import Universe
from sandbox.web.messages import Answer, Refusal, Request, change_window
from sandbox.web.mischief import REFUSALS, Mischief

MAINTENANCE = 9001


class Agency(ABC):
    """One agency's interface.

    Attributes:
        name: name of the agency, the first part of its paths.
        root: path before the resource.
    """

    name: ClassVar[str]
    root: ClassVar[str]

    def __init__(self, universe: Universe, mischief: Mischief) -> None:
        self.universe, self.mischief = universe, mischief

    def answer(self, request: Request) -> Answer:
        """Serve one page, or refuse in the agency's envelope."""
        try:
            self.authenticate(request)
            resource = self._resource(request)
            self._misbehave(resource)
            start, stop = change_window(request.query)
            records = self.universe.versions(resource, start, stop)
            rows = [record.row for record in records]
            return self.page(request, resource, rows)
        except Refusal as refusal:
            return self.refuse(refusal)

    def _misbehave(self, resource: str) -> None:
        kind = self.mischief.kind(self.name, resource)
        if kind == "envelope_error":
            # An error that calls itself a success: only the envelope tells.
            raise Refusal(200, "系统维护中", MAINTENANCE)
        if kind in REFUSALS:
            raise Refusal(REFUSALS[kind], "系统繁忙，请稍后再试")

    def _resource(self, request: Request) -> str:
        resource = request.path.removeprefix(self.root)
        if resource not in DATASETS[self.name]:
            raise Refusal(404, f"没有该资源：{request.path}")
        return resource

    def cut(
        self, resource: str, rows: list[Row], offset: int, size: int
    ) -> tuple[list[Row], bool]:
        """One page of the rows, and whether there are more; faults have their way."""
        rows = self.mischief.repeat_page(resource, rows, size)
        offset = self.mischief.skip(resource, offset, size)
        page = rows[offset : offset + size]
        return self.mischief.spoil(resource, page), offset + size < len(rows)

    @abstractmethod
    def authenticate(self, request: Request) -> None:
        """Refuse a request whose credentials are missing or wrong."""

    @abstractmethod
    def page(self, request: Request, resource: str, rows: list[Row]) -> Answer:
        """One page of the rows in the agency's own style."""

    @abstractmethod
    def refuse(self, refusal: Refusal) -> Answer:
        """An error in the agency's own envelope."""
