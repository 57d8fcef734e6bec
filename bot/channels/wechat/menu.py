"""The account's menu: the citizens' words as buttons (at most 3 × 5), and publishing it."""

from __future__ import annotations

from typing import Any, Final

from bot.channels.wechat.api import PlatformApi
from bot.channels.wechat.token import TokenStore
from handlers.errors import InvalidInput

#: A button's key is the word that a citizen could write instead; intake reads both alike.
HELP, PROGRESS, PERSON, WRITE, ADD, WITHDRAW = "帮助", "进度", "人工", "我要留言", "补充", "撤回"

MAX_BUTTONS: Final = 3
MAX_SUB_BUTTONS: Final = 5
_NAME_BYTES, _SUB_NAME_BYTES = 16, 60


def menu_definition(portal_url: str = "") -> dict[str, Any]:
    """Return the menu for ``menu/create``. With ``portal_url`` (https) the web pages are linked as well."""
    ask: list[dict[str, Any]] = [_click("怎么留言", WRITE), _click("找工作人员", PERSON)]
    follow = [_click("查进度", PROGRESS), _click("补充情况", ADD), _click("撤回留言", WITHDRAW)]
    guide: list[dict[str, Any]] = [_click("怎么用", HELP)]
    if portal_url:
        ask.insert(1, _view("网页留言", f"{portal_url}/write"))
        follow.insert(1, _view("凭编号查询", f"{portal_url}/progress"))
        guide.insert(0, _view("办事指南", f"{portal_url}/guides"))
    return checked({"button": [_group("我要留言", ask), _group("查进度", follow), _group("办事指南", guide)]})


def checked(menu: dict[str, Any]) -> dict[str, Any]:
    """Return ``menu`` if the platform would take it. Raises InvalidInput naming the button."""
    if not 1 <= len(menu["button"]) <= MAX_BUTTONS:
        raise InvalidInput(f"菜单须有 1 至 {MAX_BUTTONS} 个一级按钮。", "button")
    for button in menu["button"]:
        subs = button.get("sub_button", [])
        if len(subs) > MAX_SUB_BUTTONS or len(button["name"].encode()) > _NAME_BYTES:
            raise InvalidInput(f"按钮“{button['name']}”名称过长或子按钮超过 {MAX_SUB_BUTTONS} 个。", "button")
        for sub in subs:
            if len(sub["name"].encode()) > _SUB_NAME_BYTES or len(sub.get("key", "").encode()) > 128:
                raise InvalidInput(f"子按钮“{sub['name']}”的名称或键过长。", "sub_button")
    return menu


def publish(menu: dict[str, Any], api: PlatformApi, tokens: TokenStore) -> None:
    """Make ``menu`` the account's menu; citizens see it within a day. Raises DeliveryError."""
    api.call("/cgi-bin/menu/create", checked(menu), tokens)


def _group(name: str, buttons: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "sub_button": buttons}


def _click(name: str, key: str) -> dict[str, Any]:
    return {"type": "click", "name": name, "key": key}


def _view(name: str, address: str) -> dict[str, Any]:
    return {"type": "view", "name": name, "url": address}
