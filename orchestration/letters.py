"""By which channels letters leave, and which of them by themselves.

Not here: Dagster's job that sends (``letters_job``), how a letter travels
(``publish.notices.senders``).
"""

from __future__ import annotations

from orchestration.settings import Settings
from publish.access.networks import networks
from publish.notices.outbox import LETTER
from publish.notices.senders import EmailSender, FolderSender, Sender, WebhookSender
from publish.typesetting import embed


def senders(settings: Settings) -> dict[str, Sender]:
    """Every channel that is set up."""
    if settings.pdf_font:
        embed(settings.pdf_font)
    found: dict[str, Sender] = {
        LETTER: FolderSender(settings.home / "letters"),
        "webhook": WebhookSender(networks(settings.webhook_networks.split())),
    }
    if settings.smtp_url:
        found["email"] = EmailSender(settings.smtp_url.get_secret_value())
    return found


def automatic(settings: Settings) -> dict[str, Sender]:
    """The channels of letters that leave without anybody asking."""
    if settings.send_letters == "none":
        return {}
    found = senders(settings)
    if settings.send_letters == "electronic":
        del found[LETTER]
    return found
