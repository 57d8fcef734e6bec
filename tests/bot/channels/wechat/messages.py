"""The platform's XML as its documents print it, by hand."""

from __future__ import annotations


def message(kind: str, inner: str, *, openid: str = "oUser-1", moment: int = 1700000000, number: str = "42") -> str:
    identity = f"<MsgId>{number}</MsgId>" if number else ""
    return (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{moment}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inner}{identity}</xml>"
    )


def text(words: str) -> str:
    return message("text", f"<Content>{words}</Content>")


def event(name: str, inner: str = "") -> str:
    return message("event", f"<Event><![CDATA[{name}]]></Event>{inner}", number="")
