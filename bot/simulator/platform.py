"""The platform's side of the webhook: builds, signs, encrypts and posts messages, retries, opens the reply.

The one peer that simulator and replay share. It packs with wechatpy and not with our adapter's own code, so that an
error in ours does not cancel out.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from defusedxml.ElementTree import fromstring
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import WeChatSigner

from bot.channels.base import Now
from bot.channels.wechat.settings import Mode, WeChatSettings, aes_key
from bot.channels.wechat.xml import cdata

#: The platform tries three times in all and waits five seconds each time.
TRIES: Final = 3
WAIT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a message to the webhook ended. ``text`` is the passive reply ("" = acknowledged without one).

    ``seconds`` run from the first try to the acknowledgement; ``fault`` says what the last failed try met.
    """

    acknowledged: bool
    text: str = ""
    tries: int = 1
    seconds: float = 0.0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How patiently the platform tries (tests make it quick)."""

    tries: int = TRIES
    wait_seconds: float = WAIT_SECONDS


PATIENT: Final = Rhythm()


def message_xml(fields: Mapping[str, str | int | Mapping[str, str]]) -> str:
    """Return a message's XML: numbers bare, text as CDATA that survives verbatim, one level of nesting."""
    return f"<xml>{''.join(_element(name, value) for name, value in fields.items())}</xml>"


def text_fields(openid: str, account: str, moment: int, message_id: int, text: str) -> dict[str, str | int]:
    """Return the fields of one text message; ``moment`` in Unix seconds."""
    return {
        "ToUserName": account,
        "FromUserName": openid,
        "CreateTime": moment,
        "MsgType": "text",
        "Content": text,
        "MsgId": message_id,
    }


class Platform:
    """Speaks to one account's webhook as the platform does, in the account's mode."""

    def __init__(self, settings: WeChatSettings, now: Now, rhythm: Rhythm = PATIENT) -> None:
        self._settings = settings
        self._now = now
        self._rhythm = rhythm
        self._sealing = settings.mode is not Mode.PLAIN
        if self._sealing:
            self._crypto = PrpCrypto(aes_key(settings.encoding_aes_key))
            self._opener = WeChatCrypto(settings.token, settings.encoding_aes_key, settings.app_id)

    def pack(self, xml: str, openid: str = "") -> tuple[dict[str, str], bytes]:
        """Return (query, body) of one webhook request, signed with the present time."""
        timestamp, nonce = str(int(self._now().timestamp())), secrets.token_hex(5)
        query = {"signature": self._sign(timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": openid}
        if not self._sealing:
            return query, xml.encode()
        encrypted = self._crypto.encrypt(xml, self._settings.app_id).decode("ascii")
        query |= {"encrypt_type": "aes", "msg_signature": self._sign(timestamp, nonce, encrypted)}
        plain = xml.removeprefix("<xml>").removesuffix("</xml>") if self._settings.mode is Mode.COMPATIBLE else ""
        to = f"<ToUserName>{cdata(self._settings.account)}</ToUserName>"
        return query, f"<xml>{plain or to}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()

    def open_reply(self, body: bytes) -> str:
        """Return the words of a passive reply. Raises ValueError when the platform could not read it."""
        text = body.decode("utf-8")
        if text.strip() in ("", "success"):
            return ""
        try:
            sealed = fromstring(text, forbid_dtd=True)
            if self._sealing and sealed.find("Encrypt") is not None:
                parts = [sealed.findtext(name, "") for name in ("MsgSignature", "TimeStamp", "Nonce")]
                text = self._opener.decrypt_message({"Encrypt": sealed.findtext("Encrypt")}, *parts)
            content: str = fromstring(text, forbid_dtd=True).findtext("Content", "")
            return content
        except Exception as fault:  # wechatpy and the XML reader raise almost anything on a wrong reply
            raise ValueError(f"the reply cannot be read: {type(fault).__name__}") from fault

    async def deliver(self, http: httpx.AsyncClient, url: str, xml: str, openid: str = "") -> Delivered:
        """Post one message to the webhook at ``url`` until it is acknowledged or the tries are used up."""
        clock = asyncio.get_running_loop().time
        first, fault = clock(), ""
        for number in range(1, self._rhythm.tries + 1):
            started = clock()
            answer = await self._try(http, url, xml, openid)
            if isinstance(answer, bytes):
                return self._delivered(answer, number, clock() - first)
            fault = answer
            if number < self._rhythm.tries:
                await asyncio.sleep(max(0.0, self._rhythm.wait_seconds - (clock() - started)))
        return Delivered(False, tries=self._rhythm.tries, seconds=clock() - first, fault=fault)

    async def _try(self, http: httpx.AsyncClient, url: str, xml: str, openid: str) -> bytes | str:
        query, body = self.pack(xml, openid)
        try:
            async with asyncio.timeout(self._rhythm.wait_seconds):
                response = await http.post(url, params=query, content=body, headers={"content-type": "text/xml"})
        except TimeoutError:
            return "no answer in time"
        except httpx.HTTPError as fault:
            return type(fault).__name__
        return response.content if response.status_code == 200 else f"HTTP {response.status_code}"

    def _delivered(self, body: bytes, tries: int, seconds: float) -> Delivered:
        try:
            return Delivered(True, self.open_reply(body), tries, seconds)
        except ValueError as fault:
            # The platform would not try again: it got its 200, and shows the citizen an error.
            return Delivered(False, tries=tries, seconds=seconds, fault=str(fault))

    def _sign(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self._settings.token, *parts)
        return str(signer.signature)


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(inner, text) for inner, text in value.items())}</{name}>"
    return f"<{name}>{value if isinstance(value, int) else cdata(value)}</{name}>"
