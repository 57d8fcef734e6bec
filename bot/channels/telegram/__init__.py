"""Telegram: one folder, deletable alone; off unless configured (个人信息保护法 36)."""

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.settings import TelegramSettings

__all__ = ["TelegramChannel", "TelegramSettings"]
