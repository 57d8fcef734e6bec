"""Reading the platform's XML into a flat table, safely and verbatim; writing text into XML."""

from __future__ import annotations

import re

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from handlers.errors import BadWebhook
from handlers.text import storable

MAX_DEPTH = 16
MAX_ELEMENTS = 500

_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]+)|([0-9]+));")


class _Table:
    """Collects elements as ``name → text`` (``outer.inner`` when nested; a repeated one gets a further line)."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._elements = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._path) >= MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise BadWebhook("The XML is nested too deeply or has too many elements.")
        if not self._path and tag != "xml":
            raise BadWebhook("The XML does not begin with <xml>: this is no message of the platform.")
        self._path.append(tag)
        self._texts.append([])

    def data(self, text: str) -> None:
        self._texts[-1].append(text)

    def end(self, _tag: str) -> None:
        name = ".".join(self._path[1:])
        text = "".join(self._texts.pop())
        depth = len(self._path)
        self._path.pop()
        if depth == 2 and name not in self.fields:
            self.fields[name] = text
        elif depth > 2 and text.strip():
            self.fields[name] = f"{self.fields[name]}\n{text}" if name in self.fields else text

    def close(self) -> dict[str, str]:
        return self.fields


def read_xml(body: bytes) -> dict[str, str]:
    """Return the elements of one ``<xml>`` message as text, whitespace kept. Raises BadWebhook (400).

    wechatpy's own reader is not used: it trims the citizen's words. Document types and entities are refused;
    characters that XML cannot hold become U+FFFD, written out or as a reference.
    """
    text = storable(decoded(body))
    try:
        return _parse(text)
    except SyntaxError as fault:
        mended = _without_bad_references(text)
        if mended == text:
            raise BadWebhook("The body is no well-formed XML.") from fault
    try:
        return _parse(mended)
    except SyntaxError as fault:
        raise BadWebhook("The body is no well-formed XML.") from fault


def decoded(body: bytes) -> str:
    """Return ``body`` as text; surrogates written as UTF-8 (old phones' emoji) are joined, bad bytes become U+FFFD."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return body.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace")


def cdata(text: str) -> str:
    """Return ``text`` as CDATA that any XML reader gives back unchanged (``]]>`` split, returns as references)."""
    safe = storable(text).replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[")
    return f"<![CDATA[{safe}]]>"


def _parse(text: str) -> dict[str, str]:
    table = _Table()
    parser = XMLParser(target=table, forbid_dtd=True)
    try:
        parser.feed(text)
        parser.close()
    except DefusedXmlException as fault:
        raise BadWebhook("The XML declares a document type or entities; such bodies are not read.") from fault
    except (ValueError, LookupError) as fault:
        raise BadWebhook("The body is no well-formed XML.") from fault
    return table.fields


def _without_bad_references(text: str) -> str:
    """Mend references outside CDATA; inside it "&#1;" is what the citizen wrote. Linear, whatever the text."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        parts += (_REFERENCE.sub(_holdable, text[at:start]), text[start:end])
        at = end
    return "".join(parts) + _REFERENCE.sub(_holdable, text[at:])


def _holdable(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    code = int(digits, 16 if found[1] else 10) if len(digits) < 10 else 0x110000
    return found[0] if code < 0x110000 and storable(chr(code)) == chr(code) else "\ufffd"
