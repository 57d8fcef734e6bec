"""The channel contract, the same test for every channel, each against its vendor over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.channels.base import Channel
from handlers.errors import DeliveryError, Outcome
from handlers.messages import InboundMessage, MediaRef, MessageKind, OutboundContent, Receipt
from tests.bot.channels.specimens import SPECIMENS, Knock, Specimen
from tests.peers.vendor import Answer, Vendor, closed_port, vendor
from tests.web_client import TestClient

Build = Callable[..., Channel]
PUSHING = [name for name, make in SPECIMENS.items() if make().pushes]
SILENT = [name for name, make in SPECIMENS.items() if not make().pushes]
INBOUND = [name for name, make in SPECIMENS.items() if make().knock]
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(params=list(SPECIMENS))
def specimen(request) -> Specimen:
    return SPECIMENS[request.param]()


@pytest.fixture(params=PUSHING)
def pushing(request) -> Specimen:
    return SPECIMENS[request.param]()


@pytest.fixture(params=SILENT)
def silent(request) -> Specimen:
    return SPECIMENS[request.param]()


@pytest.fixture(params=INBOUND)
def inbound(request) -> Specimen:
    return SPECIMENS[request.param]()


@pytest.fixture
def theirs() -> Iterator[Vendor]:
    with vendor() as running:
        yield running


@pytest.fixture
def build(now) -> Iterator[Build]:
    """Builds a specimen's channel against a vendor's address; closes it at the end."""
    built: list[Any] = []

    def make(specimen: Specimen, base: str = NOWHERE) -> Channel:
        built.append(specimen.build(base, now))
        return built[-1]

    yield make
    for channel in built:
        getattr(channel, "close", lambda: None)()


def knocked(channel: Channel, specimen: Specimen, *knocks: Knock) -> tuple[list[InboundMessage], list[int]]:
    """Knock at the channel's real routes; return the messages that came through and the statuses."""
    came: list[InboundMessage] = []

    async def receive(message: InboundMessage) -> Receipt:
        came.append(message)
        return Receipt("您好，留言已收到，编号 20261123-0001。", "20261123-0001")

    client = TestClient(Starlette(routes=list(specimen.routes(channel, receive))))
    statuses = [
        client.post(knock.path, params=knock.query, content=knock.body, headers=knock.headers).status_code
        for knock in knocks
    ]
    return came, statuses


def failure(channel: Channel, specimen: Specimen) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(specimen.to, OutboundContent("您好"))
    return caught.value


def test_it_says_who_it_is_and_what_it_can_do(specimen, build):
    channel = build(specimen)
    can = channel.capabilities
    assert channel.code
    assert channel.account
    assert can.longest_text > 0
    assert can.longest_unit in ("bytes", "characters")
    assert can.can_push == specimen.pushes


def test_it_says_nothing_back_to_an_empty_receipt(specimen, build):
    assert build(specimen).acknowledge(Receipt("")) is None


def test_a_receipt_goes_back_whole_where_the_channel_answers_at_once(specimen, build):
    channel = build(specimen)
    content = channel.acknowledge(Receipt("您好，编号 20261123-0001。", "20261123-0001"))
    if channel.capabilities.reply_seconds is None:
        assert content is None
    else:
        assert content is not None
        assert content.text == "您好，编号 20261123-0001。"


def test_a_channel_that_cannot_push_says_so_at_once(silent, build):
    assert failure(build(silent), silent).outcome is Outcome.FAILED


def test_an_accepted_text_is_proven_and_arrived_as_written(pushing, build, theirs):
    pushing.prepare(theirs, pushing.accepted)
    proof = build(pushing, theirs.base).send(pushing.to, OutboundContent("您好 <b>]]> 😀"))
    said = [pushing.said(body) for _, body in theirs.to(pushing.send_path)]
    assert said == ["您好 <b>]]> 😀"]
    assert proof.vendor_id or proof.note


def test_a_refusal_for_good_is_failed(pushing, build, theirs):
    pushing.prepare(theirs, pushing.refusal)
    fault = failure(build(pushing, theirs.base), pushing)
    assert fault.outcome is Outcome.FAILED
    assert fault.vendor_code


def test_silence_after_sending_is_unknown_and_not_sent_again(pushing, build, theirs):
    pushing.prepare(theirs, Answer(hang_up=True))
    assert failure(build(pushing, theirs.base), pushing).outcome is Outcome.UNKNOWN
    assert len(theirs.to(pushing.send_path)) == 1


def test_an_unreadable_answer_is_unknown(pushing, build, theirs):
    pushing.prepare(theirs, Answer(b"<html>"))
    assert failure(build(pushing, theirs.base), pushing).outcome is Outcome.UNKNOWN


def test_a_vendor_out_of_reach_is_tried_again_later(pushing, build):
    channel = build(pushing, f"http://127.0.0.1:{closed_port()}")
    assert failure(channel, pushing).outcome is Outcome.RETRY


def test_a_text_over_the_limit_is_split_or_refused_but_never_cut(pushing, build, theirs):
    pushing.prepare(theirs, pushing.accepted)
    channel = build(pushing, theirs.base)
    text = "请带身份证办理。" * (channel.capabilities.longest_text // 7)
    try:
        channel.send(pushing.to, OutboundContent(text))
    except DeliveryError as fault:
        assert fault.outcome is Outcome.FAILED
        assert not theirs.to(pushing.send_path)
    else:
        said = (pushing.said(body) for _, body in theirs.to(pushing.send_path))
        assert "".join(re.sub(r"^（\d+/\d+）", "", part) for part in said) == text  # parts may be numbered


def test_fetching_what_is_not_there_is_a_delivery_error(specimen, build):
    with pytest.raises(DeliveryError):
        build(specimen).fetch(MediaRef(MessageKind.IMAGE, ""))


def test_a_message_comes_through_as_plain_data(inbound, build, now):
    channel = build(inbound)
    (message,), statuses = knocked(channel, inbound, inbound.knock("低保怎么办 😀 <b>", 1, now))
    assert statuses == [200]
    assert (message.channel, message.account) == (channel.code, channel.account)
    assert message.text == "低保怎么办 😀 <b>"
    assert message.received_at == now
    assert message.raw


def test_a_repeat_has_the_same_identity_and_another_message_another(inbound, build, now):
    knocks = [inbound.knock("甲", number, now) for number in (1, 1, 2)]
    (first, again, other), _ = knocked(build(inbound), inbound, *knocks)
    assert first.external_id == again.external_id != other.external_id


def test_what_is_not_proven_to_come_from_the_platform_gets_nothing_through(inbound, build, now):
    good = inbound.knock("甲", 1, now)
    came, statuses = knocked(build(inbound), inbound, Knock(good.path, {}, good.body, {}))
    assert not came
    assert statuses[0] in (401, 403)
