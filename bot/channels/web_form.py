"""The web form (留言页) as a channel: answered on the page itself and read there; nothing can be pushed to it."""

from __future__ import annotations

from typing import Final

from bot.channels.base import Capabilities
from handlers.errors import DeliveryError, Outcome
from handlers.messages import MediaRef, OutboundContent, Proof, Receipt

CODE: Final = "web"
ACCOUNT: Final = "portal"
LONGEST: Final = 20_000  # characters


class WebFormChannel:
    """See :class:`bot.channels.base.Channel`. The pages themselves are :mod:`bot.web.portal`."""

    code = CODE
    account = ACCOUNT
    capabilities = Capabilities(LONGEST, "characters", can_push=False, reply_seconds=30.0)

    def acknowledge(self, receipt: Receipt) -> OutboundContent | None:
        """Return what the confirmation page shows."""
        return OutboundContent(receipt.text) if receipt.text.strip() else None

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Refuse: the writer left no address that a page could write to."""
        raise DeliveryError(
            "网页留言没有可以推送的地址：群众凭编号和查询码在网页上查看，或请打电话告知。", Outcome.FAILED
        )

    def fetch(self, media: MediaRef) -> tuple[bytes, str]:
        """Return the file, which came with the form."""
        if media.data is None:
            raise DeliveryError("这个附件没有随表单提交，无法取回。", Outcome.FAILED)
        return media.data, media.content_type
