"""Calls to the platform's interface over HTTP, each ending in an answer or in one honest outcome."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import httpx

from bot.channels.base import Now
from bot.channels.wechat.codes import NO_ANSWER, NOT_REACHED, UNREADABLE, Remedy, broken, explain, explain_http, refusal
from bot.channels.wechat.settings import WeChatSettings
from bot.channels.wechat.token import FreshToken, TokenStore
from handlers.errors import DeliveryError, Outcome

#: The request never reached the platform.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class PlatformApi:
    """One account's interface. Thread-safe; holds no database and no state but the connection settings."""

    def __init__(self, settings: WeChatSettings, now: Now) -> None:
        self._settings = settings
        self._now = now
        # httpx logs whole addresses at INFO, and ours carry the access token.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        self._http = httpx.Client(
            base_url=settings.api_base,
            timeout=httpx.Timeout(settings.answer_seconds, connect=settings.connect_seconds),
            # No kept connections: one that the other side has just closed would turn a sure failure into "unknown".
            limits=httpx.Limits(max_keepalive_connections=0),
            proxy=settings.proxy or None,
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def fetch_token(self, force: bool) -> FreshToken:
        """Ask for a token (``stable_token``). Raises DeliveryError ``retry``: nothing was sent yet."""
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret,
            "force_refresh": force,
        }
        try:
            answer = self._post("/cgi-bin/stable_token", {}, body)
            self._check(answer)
            return FreshToken(str(answer["access_token"]), int(answer.get("expires_in", 7200)))
        except DeliveryError as fault:
            raise DeliveryError(
                str(fault), Outcome.RETRY, retry_at=fault.retry_at, vendor_code=fault.vendor_code
            ) from fault
        except (KeyError, TypeError, ValueError) as fault:
            raise DeliveryError("微信没有给出 access_token，稍后自动重试。", Outcome.RETRY) from fault

    def call(self, path: str, body: Mapping[str, Any], tokens: TokenStore) -> dict[str, Any]:
        """POST ``body`` to ``path``; a refused token is refreshed once. Raises DeliveryError."""
        token = tokens.get() or tokens.refresh(None)
        answer = self._post(path, {"access_token": token}, body)
        if explain(_code(answer)).remedy is Remedy.REFRESH:
            answer = self._post(path, {"access_token": tokens.refresh(token)}, body)
        if "errcode" not in answer:
            raise broken(UNREADABLE)
        self._check(answer)
        return answer

    def download(self, media_id: str, tokens: TokenStore) -> tuple[bytes, str]:
        """Return a temporary file: (bytes, claimed content type). Raises DeliveryError ``retry`` or ``failed``."""
        token = tokens.get() or tokens.refresh(None)
        data, kind = self._get(media_id, token)
        answer = _refusal_in(data, kind)
        if answer is not None and explain(_code(answer)).remedy is Remedy.REFRESH:
            data, kind = self._get(media_id, tokens.refresh(token))
            answer = _refusal_in(data, kind)
        if answer is None:
            return data, kind
        if "video_url" in answer:
            return self._stream(str(answer["video_url"]), {})
        self._check(answer)
        raise DeliveryError("微信没有给出媒体文件，稍后自动重试。", Outcome.RETRY)

    def _get(self, media_id: str, token: str) -> tuple[bytes, str]:
        return self._stream("/cgi-bin/media/get", {"access_token": token, "media_id": media_id})

    def _stream(self, address: str, query: Mapping[str, str]) -> tuple[bytes, str]:
        cap = self._settings.media_cap
        try:
            with self._http.stream("GET", address, params=dict(query) or None) as response:
                if response.status_code != 200:
                    raise DeliveryError(f"下载媒体文件得到 HTTP {response.status_code}，稍后自动重试。", Outcome.RETRY)
                data = bytearray()
                for part in response.iter_bytes():
                    data += part
                    if len(data) > cap:
                        raise DeliveryError(f"媒体文件超过 {cap // 1048576} MiB 上限，未保存。", Outcome.FAILED)
                return bytes(data), response.headers.get("content-type", "")
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise DeliveryError("下载媒体文件时连接中断，稍后自动重试。", Outcome.RETRY) from fault

    def _post(self, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
        # The platform shows "\\u4f60" as it stands: the words must go out as UTF-8.
        content = json.dumps(body, ensure_ascii=False).encode()
        try:
            response = self._http.post(
                path, params=dict(query), content=content, headers={"content-type": "application/json; charset=utf-8"}
            )
        except _NOT_SENT as fault:
            raise broken(NOT_REACHED) from fault
        except httpx.HTTPError as fault:
            raise broken(NO_ANSWER) from fault
        return _read(response)

    def _check(self, answer: Mapping[str, Any]) -> None:
        code = _code(answer)
        if code:
            raise refusal(code, self._now())


def _read(response: httpx.Response) -> dict[str, Any]:
    if response.status_code != 200:
        raise broken(explain_http(response.status_code), response.status_code)
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise broken(UNREADABLE)
    return answer


def _code(answer: Mapping[str, Any]) -> int:
    try:
        return int(answer.get("errcode", 0))
    except (TypeError, ValueError) as fault:
        raise broken(UNREADABLE) from fault


def _refusal_in(data: bytes, kind: str) -> dict[str, Any] | None:
    """Return the JSON that came instead of a file (an error, or a video's address), else ``None``."""
    if not ("json" in kind or "text/plain" in kind) or len(data) > 4096:
        return None
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) and ("errcode" in answer or "video_url" in answer) else None
