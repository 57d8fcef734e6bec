"""Generated bodies that no platform would send: thousands of kinds of wrong, the same ones for the same seed."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from datetime import datetime

from bot.channels.wechat import WeChatSettings
from tests.peers.werobot_peer import plain_query, sealed

GOOD = (
    "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oUser]]></FromUserName>"
    "<CreateTime>1700000000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>"
    "<MsgId>1</MsgId></xml>"
)

Request = tuple[dict[str, str], bytes]
_Kind = Callable[[random.Random, WeChatSettings, datetime], Request]


def malformed(count: int, settings: WeChatSettings, now: datetime, seed: int = 20261122) -> Iterator[Request]:
    """Yield ``count`` (query, body) pairs for a webhook in safe mode; each deserves a 4xx, or a 200 where a mutation
    happened to leave a readable message; none a 5xx."""
    chance = random.Random(seed)
    for number in range(count):
        yield _KINDS[number % len(_KINDS)](chance, settings, now)


def _noise(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    query = plain_query(settings, now, msg_signature="0" * 40)
    return query, chance.randbytes(chance.randrange(0, 4000))


def _cut(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    query, body = sealed(settings, GOOD, now)
    return query, body[: chance.randrange(len(body))]


def _bent(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    query, body = sealed(settings, GOOD, now)
    bent = bytearray(body)
    for _ in range(chance.randrange(1, 12)):
        bent[chance.randrange(len(bent))] = chance.randrange(256)
    return query, bytes(bent)


def _bent_inside(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    bent = bytearray(GOOD.encode())
    for _ in range(chance.randrange(1, 12)):
        where = chance.randrange(len(bent))
        bent[where : where + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return sealed(settings, bytes(bent), now)


def _cut_inside(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    return sealed(settings, GOOD[: chance.randrange(len(GOOD))], now)


def _signed_garbage(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    """A right signature over something that is no ciphertext, or one of another key or length."""
    from werobot.utils import get_signature

    size = chance.choice((0, 1, 15, 16, 17, 32, 48, 64, 333))
    encrypted = base64.b64encode(chance.randbytes(size)).decode()
    encrypted = chance.choice((encrypted, encrypted[:-1], encrypted + "é", "=" * size, "\u202e", "!" * size))
    query = plain_query(settings, now)
    signature = get_signature(settings.token, query["timestamp"], query["nonce"], encrypted)
    return query | {"msg_signature": signature}, f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()


def _bomb(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 8))
    bomb = f'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY e0 "ha">{levels}]><xml><Content>&e7;</Content></xml>'
    outside = '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><Encrypt>1</Encrypt></xml>'
    chosen = chance.choice((bomb, outside))
    return sealed(settings, chosen, now) if chance.random() < 0.5 else (_query(settings, now), chosen.encode())


def _nested(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    depth = chance.randrange(17, 4000)
    deep = "<xml>" + "<a>" * depth + "</a>" * depth + "</xml>"
    return sealed(settings, deep, now) if chance.random() < 0.5 else (_query(settings, now), deep.encode())


def _wide(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    wide = "<xml>" + "<a/>" * chance.randrange(600, 9000) + "</xml>"
    return sealed(settings, wide, now) if chance.random() < 0.5 else (_query(settings, now), wide.encode())


def _greedy(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    """What makes a careless pattern look at everything again for every place in it."""
    piece = chance.choice(("<![CDATA[", "]]", " ", "&#", "<", "&#0;<![CDATA[", "<!--"))
    greedy = f"<xml>&#0;{piece * (60_000 // len(piece))}"
    return sealed(settings, greedy[:40_000], now) if chance.random() < 0.5 else (_query(settings, now), greedy.encode())


def _fields_gone(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    for name in chance.sample(("FromUserName", "CreateTime", "MsgType", "xml"), k=chance.randrange(1, 3)):
        good = GOOD.replace(name, "X" if name == "xml" else chance.choice(("X", name.lower(), name + "_")))
    return sealed(settings, good, now)


def _impossible(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    wrong = chance.choice(("", "-1", "9" * 30, "1e9", "二〇二六", "0x10", "1 2", "\u0661\u0662", "NaN", "<b/>"))
    return sealed(settings, GOOD.replace("1700000000", wrong), now)


def _too_large(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    return _query(settings, now), b"<xml>" + b"a" * (settings.body_cap + chance.randrange(1, 5000))


def _other_encoding(chance: random.Random, settings: WeChatSettings, now: datetime) -> Request:
    codec = chance.choice(("utf-16", "utf-32", "gb18030", "utf-7"))
    declared = f'<?xml version="1.0" encoding="{codec}"?>{GOOD}'
    return (_query(settings, now), declared.encode(codec)) if chance.random() < 0.5 else sealed(settings, declared, now)


def _query(settings: WeChatSettings, now: datetime) -> dict[str, str]:
    return plain_query(settings, now, msg_signature="f" * 40)


_KINDS: tuple[_Kind, ...] = (
    _noise,
    _cut,
    _bent,
    _bent_inside,
    _cut_inside,
    _signed_garbage,
    _bomb,
    _nested,
    _wide,
    _greedy,
    _fields_gone,
    _impossible,
    _too_large,
    _other_encoding,
)
