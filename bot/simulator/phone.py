"""What a citizen does on the phone, turned into the platform's messages and sent to the real webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import httpx

from bot.channels.wechat.codes import CODES
from bot.channels.wechat.settings import Mode
from bot.simulator import samples
from bot.simulator.personas import PLACES
from bot.simulator.platform import Delivered, Platform, message_xml
from bot.simulator.settings import SimulatorSettings
from bot.simulator.state import Conversation, State

#: What the platform shows a citizen whose message nobody took.
NOBODY_HOME: Final = "该公众号提供的服务出现故障，请稍后再试"
MAX_TEXT: Final = 12_000
_WAIT: Final = 2.5

_MODES: Final = {Mode.PLAIN: "明文", Mode.COMPATIBLE: "兼容", Mode.SAFE: "加密"}
_KINDS: Final = {
    "text": "文字",
    "image": "图片",
    "voice": "语音",
    "location": "位置",
    "link": "链接",
    "file": "文件",
    "event": "操作",
}

Fields = dict[str, Any]


class Phone:
    """Sends for all personas; the answers appear in their conversations."""

    def __init__(self, settings: SimulatorSettings, state: State) -> None:
        self._settings = settings
        self._state = state
        self._platform = Platform(settings.wechat, settings.now, settings.rhythm)
        self._running: set[asyncio.Task[None]] = set()
        self._serial = 0

    async def act(self, who: Conversation, form: Mapping[str, str], upload: bytes = b"") -> None:
        """Do what the form says; returns when the account has answered, or after 2.5 s while it goes on."""
        kind = form.get("kind", "text")
        if kind == "trouble":
            self._trouble(who, form.get("text", ""))
            return
        built = self._build(who, kind, form, upload)
        if built is None:
            return
        who.heard(self._settings.now(), message=built["MsgType"] != "event")
        who.pending += 1
        task = asyncio.create_task(self._deliver(who, built))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait((task,), timeout=_WAIT)

    def report(self, who: Conversation, event: str, fields: dict[str, str]) -> None:
        """Tell the account something by an event that is nobody's doing (it opens no window)."""
        task = asyncio.create_task(self._deliver(who, self._head(who, "event") | {"Event": event} | fields))
        who.pending += 1
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _trouble(self, who: Conversation, code: str) -> None:
        known = code.removeprefix("-").isdigit() and int(code) in CODES
        who.trouble = int(code) if known else 0
        words = f"对{who.persona.name}的发送一律回答 {who.trouble}" if who.trouble else "按平台规则回答"
        self._state.note(self._settings.now(), f"平台从现在起{words}")

    def _build(self, who: Conversation, kind: str, form: Mapping[str, str], upload: bytes) -> Fields | None:
        text = form.get("text", "").replace("\r\n", "\n")[:MAX_TEXT]
        match kind:
            case "text":
                return self._text(who, text) if text.strip() else None
            case "voice" | "voice_unclear":
                return self._voice(who, text, clear=kind == "voice")
            case "image":
                return self._image(who, upload)
            case "location":
                return self._location(who, form.get("place", ""))
            case "link":
                return self._link(who, text)
            case "file":
                return self._file(who, text)
            case "menu":
                return self._event(who, "CLICK", f"点了菜单“{text}”", EventKey=text[:40])
            case "follow" | "unfollow":
                return self._follow(who, kind == "follow")
        return None

    def _text(self, who: Conversation, text: str) -> Fields:
        self._mine(who, "text", text)
        return self._message(who, "text", Content=text)

    def _voice(self, who: Conversation, words: str, *, clear: bool) -> Fields:
        media_id = self._state.keep(samples.voice(), "audio/amr")
        self._mine(who, "voice", words if clear else "（没有识别出文字）", media_id)
        return self._message(who, "voice", MediaId=media_id, Format="amr", Recognition=words if clear else "")

    def _image(self, who: Conversation, upload: bytes) -> Fields:
        content_type = samples.image_type(upload)
        data = upload if content_type else samples.picture()
        media_id = self._state.keep(data, content_type or "image/png")
        self._mine(who, "image", "", media_id)
        return self._message(who, "image", PicUrl=f"https://example.org/{media_id}", MediaId=media_id)

    def _location(self, who: Conversation, label: str) -> Fields:
        place = next((place for place in PLACES if place.label == label), PLACES[0])
        self._mine(who, "location", place.label)
        where = {"Location_X": place.latitude, "Location_Y": place.longitude}
        return self._message(who, "location", **where, Scale="16", Label=place.label)

    def _link(self, who: Conversation, text: str) -> Fields:
        title = text.strip() or "惠民政策汇总（转发）"
        self._mine(who, "link", title)
        return self._message(who, "link", Title=title, Description="朋友转给我的", Url="https://example.org/policy")

    def _file(self, who: Conversation, text: str) -> Fields:
        name = text.strip() or "情况说明.pdf"
        self._mine(who, "file", name)
        extra = {"FileKey": "sim", "FileMd5": "d41d8cd98f00b204e9800998ecf8427e", "FileTotalLen": "20480"}
        return self._message(who, "file", Title=name, Description="", **extra)

    def _follow(self, who: Conversation, followed: bool) -> Fields:
        who.followed = followed
        said = "关注了公众号" if followed else "取消了关注"
        return self._event(who, "subscribe" if followed else "unsubscribe", said, EventKey="")

    def _event(self, who: Conversation, event: str, said: str, **fields: str) -> Fields:
        self._state.say(who, self._settings.now(), "note", "event", f"{who.persona.name}{said}")
        return self._head(who, "event") | {"Event": event} | fields

    def _message(self, who: Conversation, kind: str, **fields: str) -> Fields:
        # The platform's ids grow and never repeat, also across restarts of the demo.
        self._serial += 1
        moment = int(self._settings.now().timestamp() * 1000)
        return self._head(who, kind) | fields | {"MsgId": moment * 100_000 + self._serial % 100_000}

    def _head(self, who: Conversation, kind: str) -> Fields:
        return {
            "ToUserName": self._settings.wechat.account,
            "FromUserName": who.persona.openid,
            "CreateTime": int(self._settings.now().timestamp()),
            "MsgType": kind,
        }

    def _mine(self, who: Conversation, kind: str, text: str, media_id: str = "") -> None:
        self._state.say(who, self._settings.now(), "mine", kind, text, media_id)

    async def _deliver(self, who: Conversation, fields: Fields) -> None:
        xml, url = message_xml(fields), self._settings.webhook_url()
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                outcome = await self._platform.deliver(http, url, xml, who.persona.openid)
        except httpx.InvalidURL:
            outcome = Delivered(False, tries=0, fault="the webhook's address is wrong")
        finally:
            who.pending -= 1
        self._show(who, str(fields["MsgType"]), outcome)

    def _show(self, who: Conversation, kind: str, outcome: Delivered) -> None:
        now, mode = self._settings.now(), _MODES[self._settings.wechat.mode]
        how = f"第 {outcome.tries} 次送达，{outcome.seconds * 1000:.0f} 毫秒" if outcome.acknowledged else outcome.fault
        self._state.note(now, f"{who.persona.name}的{_KINDS.get(kind, kind)} → 接口（{mode}）：{how}")
        if outcome.text:
            self._state.say(who, now, "theirs", "text", outcome.text)
        elif not outcome.acknowledged and kind != "event":
            self._state.say(who, now, "note", "fault", NOBODY_HOME)
