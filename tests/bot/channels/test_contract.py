"""The channel contract, the same test for every channel, each against its vendor over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from handlers.errors import DeliveryError, Outcome
from handlers.messages import InboundMessage, MediaRef, MessageKind, OutboundContent, Receipt
from tests.bot.channels.specimens import SPECIMENS, Specimen
from tests.peers.vendor import Answer, Vendor, closed_port, vendor
from tests.web_client import TestClient


@pytest.fixture(params=list(SPECIMENS))
def specimen(request) -> Specimen:
    return SPECIMENS[request.param]()


@pytest.fixture
def theirs() -> Iterator[Vendor]:
    with vendor() as running:
        yield running


@pytest.fixture(params=[name for name, make in SPECIMENS.items() if make().knock])
def inbound(request) -> Specimen:
    return SPECIMENS[request.param]()


def knocked(specimen: Specimen, now, *knocks) -> tuple[list[InboundMessage], list[int]]:
    """Knock at the channel's real routes; return the messages that came through and the statuses."""
    came: list[InboundMessage] = []

    async def receive(message: InboundMessage) -> Receipt:
        came.append(message)
        return Receipt("您好，留言已收到，编号 20261123-0001。", "20261123-0001")

    channel = specimen.build("http://127.0.0.1:9", now)
    client = TestClient(Starlette(routes=list(specimen.routes(channel, receive))))
    statuses = [
        client.post(knock.path, params=knock.query, content=knock.body, headers=knock.headers).status_code
        for knock in knocks
    ]
    return came, statuses


def failure(channel, specimen) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(specimen.to, OutboundContent("您好"))
    return caught.value


def test_it_says_who_it_is_and_what_it_can_do(specimen, now):
    channel = specimen.build("http://127.0.0.1:9", now)
    can = channel.capabilities
    assert channel.code
    assert channel.account
    assert can.longest_text > 0
    assert can.longest_unit in ("bytes", "characters")


def test_it_says_nothing_back_to_an_empty_receipt(specimen, now):
    assert specimen.build("http://127.0.0.1:9", now).acknowledge(Receipt("")) is None


def test_a_receipt_goes_back_whole_where_the_channel_answers_at_once(specimen, now):
    channel = specimen.build("http://127.0.0.1:9", now)
    content = channel.acknowledge(Receipt("您好，编号 20261123-0001。", "20261123-0001"))
    if channel.capabilities.reply_seconds is None:
        assert content is None
    else:
        assert content is not None
        assert content.text == "您好，编号 20261123-0001。"


def test_an_accepted_text_is_proven_and_arrived_as_written(specimen, theirs, now):
    specimen.prepare(theirs, specimen.accepted)
    proof = specimen.build(theirs.base, now).send(specimen.to, OutboundContent("您好 <b>]]> 😀"))
    said = [specimen.said(body) for _, body in theirs.to(specimen.send_path)]
    assert said == ["您好 <b>]]> 😀"]
    assert proof is not None


def test_a_refusal_for_good_is_failed(specimen, theirs, now):
    specimen.prepare(theirs, specimen.refusal)
    fault = failure(specimen.build(theirs.base, now), specimen)
    assert fault.outcome is Outcome.FAILED
    assert fault.vendor_code


def test_silence_after_sending_is_unknown_and_not_sent_again(specimen, theirs, now):
    specimen.prepare(theirs, Answer(hang_up=True))
    assert failure(specimen.build(theirs.base, now), specimen).outcome is Outcome.UNKNOWN
    assert len(theirs.to(specimen.send_path)) == 1


def test_an_unreadable_answer_is_unknown(specimen, theirs, now):
    specimen.prepare(theirs, Answer(b"<html>"))
    assert failure(specimen.build(theirs.base, now), specimen).outcome is Outcome.UNKNOWN


def test_a_vendor_out_of_reach_is_tried_again_later(specimen, now):
    channel = specimen.build(f"http://127.0.0.1:{closed_port()}", now)
    assert failure(channel, specimen).outcome is Outcome.RETRY


def test_a_text_over_the_limit_is_split_or_refused_but_never_cut(specimen, theirs, now):
    specimen.prepare(theirs, specimen.accepted)
    channel = specimen.build(theirs.base, now)
    text = "请带身份证办理。" * (channel.capabilities.longest_text // 8)
    try:
        channel.send(specimen.to, OutboundContent(text))
    except DeliveryError as fault:
        assert fault.outcome is Outcome.FAILED
        assert not theirs.to(specimen.send_path)
    else:
        assert "".join(specimen.said(body) for _, body in theirs.to(specimen.send_path)) == text


def test_fetching_what_is_not_there_is_a_delivery_error(specimen, theirs, now):
    specimen.prepare(theirs, specimen.accepted)
    with pytest.raises(DeliveryError):
        specimen.build(theirs.base, now).fetch(MediaRef(MessageKind.IMAGE, ""))


def test_a_message_comes_through_as_plain_data(inbound, now):
    (message,), statuses = knocked(inbound, now, inbound.knock("低保怎么办 😀 <b>", 1, now))
    channel = inbound.build("http://127.0.0.1:9", now)
    assert statuses == [200]
    assert (message.channel, message.account) == (channel.code, channel.account)
    assert message.text == "低保怎么办 😀 <b>"
    assert message.received_at == now
    assert message.raw


def test_a_repeat_has_the_same_identity_and_another_message_another(inbound, now):
    knocks = [inbound.knock("甲", number, now) for number in (1, 1, 2)]
    (first, again, other), _ = knocked(inbound, now, *knocks)
    assert first.external_id == again.external_id != other.external_id


def test_what_is_not_proven_to_come_from_the_platform_gets_nothing_through(inbound, now):
    good = inbound.knock("甲", 1, now)
    bare = type(good)(good.path, {}, good.body, {})
    came, statuses = knocked(inbound, now, bare)
    assert not came
    assert statuses[0] in (401, 403)
