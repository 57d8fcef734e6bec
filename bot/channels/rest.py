"""The REST interface as a channel: one account per API key; the platform behind it fetches what it wants to show."""

from __future__ import annotations

from typing import Final

from bot.channels.base import Capabilities
from handlers.errors import DeliveryError, Outcome
from handlers.messages import MediaRef, OutboundContent, Proof, Receipt

CODE: Final = "rest"
LONGEST: Final = 20_000  # characters


class RestChannel:
    """See :class:`bot.channels.base.Channel`. The endpoints themselves are :mod:`bot.web.api`."""

    code = CODE
    capabilities = Capabilities(LONGEST, "characters", can_push=False, reply_seconds=30.0)

    def __init__(self, account: str = "") -> None:
        self.account = account

    def acknowledge(self, receipt: Receipt) -> OutboundContent | None:
        """Return the ``receipt`` of the same response."""
        return OutboundContent(receipt.text) if receipt.text.strip() else None

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Refuse: a platform asks for the case and reads the answer there."""
        raise DeliveryError("接口来件不能推送：来件平台通过接口查询办理进度和答复。", Outcome.FAILED)

    def fetch(self, media: MediaRef) -> tuple[bytes, str]:
        """Return the file, which came with the message."""
        if media.data is None:
            raise DeliveryError("这个附件没有随来件提交，无法取回。", Outcome.FAILED)
        return media.data, media.content_type
