"""Sending to addresses that banks name, without being led into our own network.

The name is resolved once, every address it has must be public (or lie in a network that
the office allowed), and the connection is made to the address that was looked at: a name
that resolves differently a moment later gains nothing. No redirect is followed, no proxy
used, no answer read. Not here: what is sent (``delivering``).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

import httpx

from publish.access.networks import Network, is_public, within

TIMEOUT = 5.0  # seconds
PORTS = {"https": 443, "http": 80}

Resolve = Callable[[str, int], list[str]]


class RefusedUrlError(ValueError):
    """An address that we do not send to."""


def resolved(host: str, port: int) -> list[str]:
    """Every address of a name.

    Raises:
        OSError: it has none, or cannot be a name (an empty label, one that is too long).
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host} is no name") from error
    return [str(entry[4][0]) for entry in found]


def checked(
    url: str, allowed: Iterable[Network], resolve: Resolve = resolved
) -> tuple[httpx.URL, str]:
    """The URL and the address to connect to.

    Args:
        url: as the bank wrote it.
        allowed: private networks that may be sent to, also without TLS.
        resolve: names to addresses.

    Raises:
        RefusedUrlError: what is wrong with it.
    """
    parts, networks = _parts(url), tuple(allowed)
    host = str(parts.host)
    port = parts.port or PORTS.get(parts.scheme, 0)
    try:
        addresses = resolve(host, port)
    except OSError as error:
        raise RefusedUrlError(f"{host} has no address") from error
    ours = [a for a in addresses if within(a, networks)]
    foreign = [a for a in addresses if a not in ours and not is_public(a)]
    if foreign or not addresses:
        raise RefusedUrlError(f"{host} leads to an address that is not public")
    if parts.scheme != "https" and len(ours) < len(addresses):
        raise RefusedUrlError("write an https address")
    return parts, addresses[0]


def _parts(url: str) -> httpx.URL:
    try:
        plain, parts = urlsplit(url), httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise RefusedUrlError("the address cannot be read") from error
    if parts.scheme not in PORTS or not parts.host:
        raise RefusedUrlError("write an https address")
    if plain.username or plain.password or plain.fragment:
        raise RefusedUrlError("write the address without user, password or fragment")
    return parts


def send(
    url: str, body: bytes, headers: Mapping[str, str], allowed: Iterable[Network]
) -> int:
    """Post a body; the status of the answer, whose body is not read.

    Raises:
        RefusedUrlError: the address became one that we do not send to.
        httpx.HTTPError: nobody answered in time.
    """
    parts, address = checked(url, allowed)
    told = {**headers, "Host": parts.netloc.decode("ascii")}
    named = f"[{address}]" if ":" in address else address
    with (
        httpx.Client(
            trust_env=False, follow_redirects=False, timeout=TIMEOUT
        ) as client,
        client.stream(
            "POST",
            parts.copy_with(host=named),
            content=body,
            headers=told,
            extensions={"sni_hostname": parts.host},
        ) as answer,
    ):
        return answer.status_code
