"""How a letter travels: e-mail, webhook, or a PDF in the folder of letters to print.

A sender either sends, or says that it certainly did not, or that nobody knows. Not here:
when a letter is sent, and that it is sent once (``outbox``).
"""

from __future__ import annotations

import json
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from publish.access.networks import Network
from publish.api.sending import RefusedUrlError, send

SECONDS = 20
_REFUSED = 300  # a redirection is not followed


@dataclass(frozen=True)
class Message:
    """A letter on its way by one channel.

    Attributes:
        id: the same for every try, so that a receiver can tell a repetition.
        address: of the receiver, as the channel writes it.
        html, pdf: the same words once more, where there are such.
    """

    id: str
    address: str
    subject: str
    text: str
    html: str = ""
    pdf: bytes = b""


class NotSentError(RuntimeError):
    """The message certainly did not leave; it may be tried again."""


class MaybeSentError(RuntimeError):
    """Nobody knows whether the message left: a person must look."""


class Sender(Protocol):
    """One channel."""

    def send(self, message: Message) -> None:
        """Send.

        Raises:
            NotSentError: it did certainly not leave.
            MaybeSentError: nobody knows.
        """
        ...


@dataclass(frozen=True)
class FolderSender:
    """Letters to print: one PDF each."""

    folder: Path

    def send(self, message: Message) -> None:
        """Write the PDF; the same letter is the same file.

        Raises:
            NotSentError: the folder cannot be written to.
        """
        path = self.folder / f"{message.id}.pdf"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial")
            partial.write_bytes(message.pdf)
            partial.replace(path)
        except OSError as error:
            raise NotSentError(f"{path}: {error.strerror}") from error


@dataclass(frozen=True)
class EmailSender:
    """E-mail by SMTP.

    Attributes:
        url: ``smtp[s]://[user:password@]host[:port]?from=address``.
    """

    url: str

    def send(self, message: Message) -> None:
        """Hand the letter to the mail server.

        Raises:
            NotSentError: the server cannot be reached or refuses it.
            MaybeSentError: the connection broke while it was handed over.
        """
        parts = urlsplit(self.url)
        try:
            server = self._server(parts.hostname or "", parts.port or 0)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(f"mail server: {type(error).__name__}") from error
        with server:
            self._hand_over(server, message)

    def _server(self, host: str, port: int) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        secure = parts.scheme == "smtps"
        make = smtplib.SMTP_SSL if secure else smtplib.SMTP
        server = make(host, port, timeout=SECONDS)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server

    def _hand_over(self, server: smtplib.SMTP, message: Message) -> None:
        try:
            server.send_message(self._email(message))
        except (
            smtplib.SMTPRecipientsRefused,
            smtplib.SMTPSenderRefused,
            smtplib.SMTPDataError,
        ) as error:
            raise NotSentError(f"mail server: {type(error).__name__}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise MaybeSentError(f"mail server: {type(error).__name__}") from error

    def _email(self, message: Message) -> EmailMessage:
        sender = parse_qs(urlsplit(self.url).query).get("from", ["credit@localhost"])[0]
        email = EmailMessage()
        email["From"], email["To"] = sender, message.address
        email["Subject"] = message.subject
        email["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
        email.set_content(message.text)
        if message.html:
            email.add_alternative(message.html, subtype="html")
        if message.pdf:
            name = f"{message.id}.pdf"
            email.add_attachment(message.pdf, "application", "pdf", filename=name)
        return email


@dataclass(frozen=True)
class WebhookSender:
    """An address of the enterprise's own system, by HTTPS.

    Attributes:
        allowed: private networks that may be sent to all the same.
    """

    allowed: tuple[Network, ...] = ()

    def send(self, message: Message) -> None:
        """Post the letter with its id as ``Idempotency-Key``.

        Raises:
            NotSentError: the address is not allowed, not there, or refuses it.
            MaybeSentError: it was posted and no answer came.
        """
        told = {"id": message.id, "subject": message.subject, "text": message.text}
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.id}
        try:
            status = send(message.address, body, headers, self.allowed)
        except RefusedUrlError as error:
            raise NotSentError(f"webhook: {error}") from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotSentError(f"webhook: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise MaybeSentError(f"webhook: {type(error).__name__}") from error
        if status >= _REFUSED:
            raise NotSentError(f"webhook answered {status}")
