"""What Telegram's refusals mean for a text that was to be sent, and what staff can do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import httpx
from telegram import error as vendor

from bot.channels.telegram.client import GatewayTrouble
from handlers.errors import DeliveryError, Outcome

BUSY: Final = 60  # seconds until Telegram is asked again when it named no time
FIX_WAIT: Final = 600  # seconds until a fault that an administrator must mend is tried again

#: Transport errors after which certainly nothing had left us; after any other one nobody can say.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

#: The vendor's error, most special first: outcome, seconds to wait, code, what staff read.
_TABLE: Final[tuple[tuple[type[vendor.TelegramError], Outcome, int, str, str], ...]] = (
    (vendor.Forbidden, Outcome.FAILED, 0, "403", "对方已停用或拉黑本账号，请改用其他方式联系"),
    (vendor.ChatMigrated, Outcome.FAILED, 0, "400", "对方的会话已变更，无法送达，请改用其他方式联系"),
    (vendor.BadRequest, Outcome.FAILED, 0, "400", "找不到该会话或内容不被接受，请改用其他方式联系"),
    (vendor.InvalidToken, Outcome.RETRY, FIX_WAIT, "401", "令牌无效，请管理员核对设置 HUIYING_TELEGRAM_TOKEN"),
    (vendor.Conflict, Outcome.RETRY, BUSY, "409", "账号正被另一个程序使用，稍后自动重试"),
)


def delivery_error(fault: Exception, now: datetime) -> DeliveryError:
    """Return the error of the house for what the library raised while sending.

    The vendor's own words are left out: they can repeat the token or the text.
    """
    if isinstance(fault, GatewayTrouble) and fault.refused:
        wait = fault.retry_after or BUSY
        text = f"Telegram 未接受（{fault.status}）：太忙或发送太频繁，{wait} 秒后自动重试。"
        return DeliveryError(text, Outcome.RETRY, retry_at=now + timedelta(seconds=wait), vendor_code=str(fault.status))
    for kind, outcome, wait, code, text in _TABLE:
        if type(fault) is kind:
            retry_at = now + timedelta(seconds=wait) if outcome is Outcome.RETRY else None
            return DeliveryError(f"Telegram 未接受（{code}）：{text}。", outcome, retry_at=retry_at, vendor_code=code)
    code = str(fault.status) if isinstance(fault, GatewayTrouble) else type(fault.__cause__ or fault).__name__
    if isinstance(fault.__cause__, _NOT_SENT):
        text = "暂时连不上 Telegram，没有发出，稍后自动重试。"
        return DeliveryError(text, Outcome.RETRY, retry_at=now + timedelta(seconds=BUSY), vendor_code=code)
    text = "已交给 Telegram，但没有收到可读的结果：是否送达无法确认，请人工核实。"
    return DeliveryError(text, Outcome.UNKNOWN, vendor_code=code)
