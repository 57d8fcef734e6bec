"""Every type and event of the platform becomes one message of ours, its words untouched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.wechat.parse import parse
from handlers.errors import BadWebhook
from handlers.messages import InboundMessage, MediaRef, MessageKind
from tests.bot.channels.wechat.messages import event, message, text

NOW = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)


def read(xml: str) -> InboundMessage:
    return parse(xml.encode("utf-8", "surrogatepass"), "gh_1", NOW)


def test_identity_is_openid_time_and_message_id():
    it = read(message("text", "<Content>x</Content>", openid="oA", moment=1700000001, number="987"))
    assert (it.channel, it.account, it.external_id, it.sender_id) == ("wechat", "gh_1", "oA:1700000001:987", "oA")
    assert it.sent_at == datetime(2023, 11, 14, 22, 13, 21, tzinfo=UTC)
    assert it.received_at == NOW
    assert it.details["to"] == "gh_1"


@pytest.mark.parametrize(
    "words",
    [
        "  前后都有空格　 ",
        "第一行\n\n第二行\n",
        "<b>粗</b>&amp;<script>alert(1)</script>",
        "😀👨‍👩‍👧‍👦 ᠮᠣᠩᠭᠣᠯ \u202e反写\u202c",
        "&#1; 不是引用",
        "长" * 10_000,
        "{{ 7*7 }} ${x} %s",
    ],
)
def test_words_in_cdata_are_kept_to_the_letter(words):
    it = read(text(f"<![CDATA[{words}]]>"))
    assert it.text == words
    assert it.kind is MessageKind.TEXT


def test_the_end_of_cdata_inside_the_words_survives_as_the_platform_splits_it():
    assert read(text("<![CDATA[a]]]]><![CDATA[>b]]>")).text == "a]]>b"


def test_escaped_words_are_read_as_well():
    assert read(text("a &lt;b&gt; &amp; &#20320;&#13;")).text == "a <b> & 你\r"


@pytest.mark.parametrize("bad", ["\x00", "\x08", "\x1f", "\x0b", "\ud800", "\ufffe"])
def test_characters_that_cannot_be_stored_become_the_replacement_character(bad):
    it = read(text(f"<![CDATA[前{bad}后]]>"))
    assert it.text == "前\ufffd后"


@pytest.mark.parametrize("reference", ["&#0;", "&#x1F;", "&#xD800;", "&#xFFFF;", "&#99999999999;"])
def test_references_to_such_characters_do_too(reference):
    assert read(text(f"前{reference}后")).text == "前\ufffd后"


def test_an_emoji_written_as_two_surrogates_is_joined():
    assert read(text("<![CDATA[\ud83d\ude00]]>")).text == "😀"


def test_one_bad_byte_does_not_lose_the_letter():
    xml = text("<![CDATA[前X后]]>").encode().replace(b"X", b"\xff")
    assert parse(xml, "gh_1", NOW).text == "前\ufffd后"


def test_empty_words_are_no_words():
    for inner in ("<Content></Content>", "<Content/>", ""):
        assert read(message("text", inner)).text == ""


def test_a_picture_carries_what_to_fetch():
    it = read(message("image", "<PicUrl><![CDATA[http://p/1]]></PicUrl><MediaId><![CDATA[m-1]]></MediaId>"))
    assert it.kind is MessageKind.IMAGE
    assert it.media == (MediaRef(MessageKind.IMAGE, "m-1"),)
    assert it.details["address"] == "http://p/1"
    assert it.text == ""


def test_a_recognised_voice_message_has_words_and_stays_a_voice_message():
    inner = "<MediaId>m-2</MediaId><Format>amr</Format><Recognition><![CDATA[我要问低保]]></Recognition>"
    it = read(message("voice", inner))
    assert (it.kind, it.text) == (MessageKind.VOICE, "我要问低保")
    assert it.media == (MediaRef(MessageKind.VOICE, "m-2", content_type="audio/amr"),)


@pytest.mark.parametrize("recognition", ["", "<Recognition></Recognition>", "<Recognition><![CDATA[]]></Recognition>"])
def test_an_unrecognised_voice_message_has_no_words(recognition):
    it = read(message("voice", f"<MediaId>m-3</MediaId><Format>amr</Format>{recognition}"))
    assert (it.kind, it.text) == (MessageKind.VOICE, "")


@pytest.mark.parametrize("kind", ["video", "shortvideo"])
def test_videos_of_both_kinds_are_videos(kind):
    it = read(message(kind, "<MediaId>m-4</MediaId><ThumbMediaId>t</ThumbMediaId>"))
    assert (it.kind, it.media[0].reference, it.details["thumbnail"]) == (MessageKind.VIDEO, "m-4", "t")


def test_a_location_has_its_label_as_words_and_its_coordinates_beside():
    inner = "<Location_X>40.81</Location_X><Location_Y>111.65</Location_Y><Scale>16</Scale><Label>新华广场</Label>"
    it = read(message("location", inner))
    assert (it.kind, it.text) == (MessageKind.LOCATION, "新华广场")
    assert (it.details["latitude"], it.details["longitude"]) == ("40.81", "111.65")


def test_a_link_shows_title_description_and_address():
    it = read(message("link", "<Title>题</Title><Description>述</Description><Url>http://x/y?a=1&amp;b=2</Url>"))
    assert (it.kind, it.text) == (MessageKind.LINK, "题\n述\nhttp://x/y?a=1&b=2")


def test_a_file_keeps_its_name_although_the_platform_gives_no_file():
    it = read(message("file", "<Title>申请表.pdf</Title><Description></Description><FileTotalLen>12</FileTotalLen>"))
    assert (it.kind, it.text, it.media) == (MessageKind.FILE, "申请表.pdf", ())
    assert it.details["filename"] == "申请表.pdf"


def test_an_unknown_type_is_kept_with_all_its_fields():
    it = read(message("miniprogrampage", "<Title>小程序</Title><Deep><In>1</In><In>2</In></Deep>"))
    assert it.kind is MessageKind.FILE
    assert it.details["type"] == "miniprogrampage"
    assert (it.details["Title"], it.details["Deep.In"]) == ("小程序", "1\n2")


def test_a_message_without_an_id_is_the_same_message_when_it_comes_again():
    first = read(message("newtype", "<A>1</A>", number=""))
    again = read(message("newtype", "<A>1</A>", number=""))
    other = read(message("newtype", "<A>2</A>", number=""))
    assert first.external_id == again.external_id != other.external_id


@pytest.mark.parametrize(
    ("name", "inner", "identity", "words"),
    [
        ("subscribe", "<EventKey></EventKey>", "subscribe:", ""),
        ("subscribe", "<EventKey>qrscene_12</EventKey><Ticket>T</Ticket>", "subscribe:qrscene_12", ""),
        ("unsubscribe", "", "unsubscribe:", ""),
        ("CLICK", "<EventKey><![CDATA[进度]]></EventKey>", "click:进度", "进度"),
        ("VIEW", "<EventKey>http://a/b</EventKey>", "view:http://a/b", ""),
        ("SCAN", "<EventKey>7</EventKey><Ticket>T</Ticket>", "scan:7", ""),
        ("LOCATION", "<Latitude>40.8</Latitude><Longitude>111.6</Longitude>", "location:", ""),
        ("TEMPLATESENDJOBFINISH", "<MsgID>200</MsgID><Status>success</Status>", "templatesendjobfinish:200", ""),
        ("scancode_push", "<EventKey>k</EventKey><ScanCodeInfo><ScanResult>1</ScanResult></ScanCodeInfo>",
         "scancode_push:k", ""),
    ],
)  # fmt: skip
def test_events_are_known_by_their_name_and_key(name, inner, identity, words):
    it = read(event(name, inner))
    assert it.kind is MessageKind.EVENT
    assert it.event == name.lower()
    assert it.external_id == f"oUser-1:1700000000:{identity}"
    assert it.text == words


def test_a_long_event_key_still_fits_the_identity():
    it = read(event("VIEW", f"<EventKey>http://x/{'a' * 2000}</EventKey>"))
    assert len(it.external_id) < 200


def test_the_raw_message_is_kept():
    xml = text("<![CDATA[x]]>")
    assert read(xml).raw == xml.encode()


@pytest.mark.parametrize("field", ["FromUserName", "CreateTime", "MsgType"])
def test_without_sender_time_or_type_it_is_no_message(field):
    with pytest.raises(BadWebhook) as refused:
        read(text("x").replace(field, "Other"))
    assert refused.value.status == 400


@pytest.mark.parametrize("openid", ["", "a b", "o" * 200, "<x/>", "中文", "a:b"])
def test_an_impossible_sender_is_refused(openid):
    with pytest.raises(BadWebhook):
        read(text("x").replace("<![CDATA[oUser-1]]>", openid))
