"""Alerts to staff over 企业微信 (WeCom): plain text with a number and a link, nothing personal."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Protocol

import httpx

from bot.channels.base import Capabilities, Now
from handlers.errors import DeliveryError, Outcome, SettingFault
from handlers.messages import MediaRef, OutboundContent, Proof, Receipt

MAX_BYTES: Final = 2048

#: What must never leave in an alert: a mobile number, an identity number, a landline with its area code.
_PERSONAL = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{15}|0\d{2,3}-?\d{7,8})(?!\d)")
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_STALE_TOKEN = frozenset({40014, 41001, 42001, 42009})

# From WeCom's 全局错误码: code → (outcome, what staff read).
CODES: Final[Mapping[int, tuple[Outcome, str]]] = {
    -1: (Outcome.RETRY, "企业微信系统繁忙，稍后自动重试"),
    40001: (Outcome.RETRY, "Secret 不正确，请核对设置 HUIYING_WECOM_SECRET"),
    40013: (Outcome.RETRY, "企业 ID 不正确，请核对设置 HUIYING_WECOM_CORP_ID"),
    40056: (Outcome.RETRY, "AgentId 不正确，请核对设置 HUIYING_WECOM_AGENT_ID"),
    44004: (Outcome.FAILED, "文本内容为空"),
    45002: (Outcome.FAILED, "文本超过平台长度上限"),
    45009: (Outcome.RETRY, "接口调用超过频率限制，稍后自动重试"),
    48002: (Outcome.FAILED, "应用没有发消息的权限，请在企业微信管理后台开通"),
    60011: (Outcome.FAILED, "应用无权发给此成员，请检查应用的可见范围"),
    60020: (Outcome.RETRY, "服务器 IP 不在应用的可信 IP 名单，请在管理后台添加"),
    81013: (Outcome.FAILED, "收件成员不存在，或不在应用的可见范围"),
    82001: (Outcome.FAILED, "没有指定收件成员"),
}


class TokenStore(Protocol):
    """Keeps the application's access token for every process; one refresher at a time."""

    def get(self) -> str | None: ...

    def refresh(self, stale: str | None) -> str: ...


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token as WeCom gave it; ``expires_in`` is in seconds."""

    value: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class WeComSettings:
    """One self-built application (自建应用). Times are in seconds."""

    corp_id: str
    agent_id: str
    secret: str = field(repr=False)
    api_base: str = "https://qyapi.weixin.qq.com"
    proxy: str = ""
    connect_seconds: float = 3.0
    answer_seconds: float = 8.0

    def __post_init__(self) -> None:
        if not self.agent_id.isdigit():
            raise SettingFault("HUIYING_WECOM_AGENT_ID is no number; put there the AgentId of the application")


class WeComChannel:
    """Sends alerts to members by their 企业微信 account; takes no messages in."""

    code = "wecom"

    def __init__(
        self, settings: WeComSettings, now: Now, make_tokens: Callable[[Callable[[bool], FreshToken]], TokenStore]
    ) -> None:
        """``make_tokens`` builds the token store around the call that asks WeCom for a token."""
        # httpx logs whole addresses at INFO, and ours carry secret and access token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._settings = settings
        self._now = now
        self._http = httpx.Client(
            base_url=settings.api_base.rstrip("/"),
            timeout=httpx.Timeout(settings.answer_seconds, connect=settings.connect_seconds),
            # No kept connections: one that the other side has just closed would turn a sure failure into "unknown".
            limits=httpx.Limits(max_keepalive_connections=0),
            proxy=settings.proxy or None,
            trust_env=False,
        )
        self._tokens = make_tokens(self.fetch_token)

    @property
    def account(self) -> str:
        return f"{self._settings.corp_id}:{self._settings.agent_id}"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(longest_text=MAX_BYTES, longest_unit="bytes", can_push=True)

    def acknowledge(self, _receipt: Receipt) -> OutboundContent | None:
        return None

    def fetch(self, _media: MediaRef) -> tuple[bytes, str]:
        raise DeliveryError("企业微信只用于发提醒，没有可下载的文件。", Outcome.FAILED)

    def send(self, to: str, content: OutboundContent) -> Proof:
        """Send one alert to ``to`` (member accounts, several joined by ``|``). Raises DeliveryError.

        A text with a telephone or identity number, or longer than one message, is refused: alerts carry a case's
        number and a link, whoever wrote them.
        """
        text = f"{content.text}\n{content.link}" if content.link else content.text
        if not text.strip() or len(text.encode()) > MAX_BYTES:
            raise DeliveryError("提醒为空或过长，没有发出。", Outcome.FAILED)
        if _PERSONAL.search(content.text):
            raise DeliveryError("提醒中有电话或证件号码，没有发出：提醒只写编号和链接。", Outcome.FAILED)
        body = {
            "touser": to,
            "msgtype": "text",
            "agentid": int(self._settings.agent_id),
            "text": {"content": text},
            "enable_duplicate_check": 1,
        }
        return _proof(self._call("/cgi-bin/message/send", body), to)

    def fetch_token(self, force: bool) -> FreshToken:
        """Ask for an access token (WeCom gives the same one while it lives). Raises DeliveryError ``retry``."""
        query = {"corpid": self._settings.corp_id, "corpsecret": self._settings.secret}
        try:
            answer = self._ask("GET", "/cgi-bin/gettoken", query, None)
            self._check(answer)
            return FreshToken(str(answer["access_token"]), int(answer.get("expires_in", 7200)))
        except DeliveryError as fault:
            raise DeliveryError(
                str(fault), Outcome.RETRY, retry_at=fault.retry_at, vendor_code=fault.vendor_code
            ) from fault
        except (KeyError, TypeError, ValueError) as fault:
            raise DeliveryError("企业微信没有给出 access_token，稍后自动重试。", Outcome.RETRY) from fault

    def close(self) -> None:
        self._http.close()

    def _call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        token = self._tokens.get() or self._tokens.refresh(None)
        answer = self._ask("POST", path, {"access_token": token}, body)
        if _code(answer) in _STALE_TOKEN:
            answer = self._ask("POST", path, {"access_token": self._tokens.refresh(token)}, body)
        self._check(answer)
        return answer

    def _ask(self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            response = self._http.request(method, path, params=dict(query), content=content)
        except _NOT_SENT as fault:
            raise DeliveryError("连不上企业微信服务器，未发出，稍后自动重试。", Outcome.RETRY) from fault
        except httpx.HTTPError as fault:
            raise DeliveryError("发出后没有收到企业微信的回答，是否送达不能确定。", Outcome.UNKNOWN) from fault
        return _read(response)

    def _check(self, answer: Mapping[str, Any]) -> None:
        code = _code(answer)
        if code:
            outcome, text = CODES.get(code, (Outcome.RETRY, "平台拒绝，请查企业微信的全局错误码"))
            again = self._now() + timedelta(seconds=60 if code in (-1, 45009) else 600)
            raise DeliveryError(
                f"企业微信未接受（{code}）：{text}。",
                outcome,
                retry_at=again if outcome is Outcome.RETRY else None,
                vendor_code=str(code),
            )


def _read(response: httpx.Response) -> dict[str, Any]:
    status = response.status_code
    if status in (429, 503) or 300 <= status < 500:
        raise DeliveryError(f"企业微信接口回应 HTTP {status}，未接受，稍后自动重试。", Outcome.RETRY)
    try:
        answer = json.loads(response.content) if status == 200 else None
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict) or "errcode" not in answer:
        raise DeliveryError(f"企业微信的回答（HTTP {status}）无法读懂，是否送达不能确定。", Outcome.UNKNOWN)
    return answer


def _proof(answer: Mapping[str, Any], to: str) -> Proof:
    missed = str(answer.get("invaliduser") or answer.get("unlicenseduser") or "")
    if missed and set(missed.split("|")) >= set(to.split("|")):
        raise DeliveryError("收件成员不存在，或不在应用的可见范围。", Outcome.FAILED, vendor_code="invaliduser")
    return Proof(vendor_id=str(answer.get("msgid", "")), note=f"未送达成员：{missed}" if missed else "")


def _code(answer: Mapping[str, Any]) -> int:
    try:
        return int(answer.get("errcode", 0))
    except (TypeError, ValueError) as fault:
        raise DeliveryError("企业微信的回答无法读懂，是否送达不能确定。", Outcome.UNKNOWN) from fault
