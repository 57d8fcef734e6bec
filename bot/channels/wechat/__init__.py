"""The WeChat official account (微信公众号): one folder, deletable alone."""

from bot.channels.wechat.channel import WeChatChannel
from bot.channels.wechat.menu import menu_definition
from bot.channels.wechat.settings import Mode, WeChatSettings
from bot.channels.wechat.token import FetchToken, FreshToken, MemoryTokenStore, TokenStore

__all__ = [
    "FetchToken",
    "FreshToken",
    "MemoryTokenStore",
    "Mode",
    "TokenStore",
    "WeChatChannel",
    "WeChatSettings",
    "menu_definition",
]
