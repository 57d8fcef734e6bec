"""The stand-in platform and the real adapter, talking over real HTTP; a visitor with and without script."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.wechat import MemoryTokenStore, Mode, WeChatChannel
from bot.channels.wechat.codes import CODES
from bot.simulator.personas import PERSONAS
from bot.simulator.phone import NOBODY_HOME
from bot.simulator.platform import Rhythm
from bot.simulator.routes import simulator_routes
from bot.simulator.settings import SimulatorSettings
from handlers.delivery.window import Window, better, opened_by
from handlers.errors import DeliveryError, IntakeUnavailable, Outcome
from handlers.messages import MediaRef, MessageKind, Notice, OutboundContent, Receipt
from tests.bot.channels.wechat.conftest import PATH, SETTINGS, Desk
from tests.conftest import NOW
from tests.peers.server import bound, serving

WANG, LI = PERSONAS[0], PERSONAS[2]


@dataclass
class Clock:
    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Demo:
    desk: Desk
    channel: WeChatChannel
    clock: Clock
    http: httpx.Client

    def act(self, code: str = WANG.code, **form: str) -> httpx.Response:
        return self.http.post(f"/sim/phone/{code}", data=form, follow_redirects=True)

    def send(self, text: str, to: str = WANG.openid) -> None:
        self.channel.send(to, OutboundContent(text))

    def refused(self, text: str = "答复", to: str = WANG.openid) -> str:
        with pytest.raises(DeliveryError) as caught:
            self.send(text, to)
        assert caught.value.outcome is Outcome.FAILED
        return caught.value.vendor_code


@contextmanager
def simulated(mode: Mode, at: datetime) -> Iterator[Demo]:
    """Run the simulator and our channel to it, in one server."""
    listener, clock, desk = bound(), Clock(at), Desk()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    wechat = replace(SETTINGS, mode=mode, api_base=f"{base}/sim", answer_seconds=5)
    channel = WeChatChannel(wechat, clock, lambda fetch: MemoryTokenStore(fetch, lambda: 0.0))
    seeded = {"oSeeded": at - timedelta(hours=1), "oLongAgo": at - timedelta(hours=49)}
    settings = SimulatorSettings(
        wechat, lambda: base + PATH, clock, last_heard=seeded.get, rhythm=Rhythm(tries=2, wait_seconds=0.05)
    )
    app = Starlette(routes=[*channel.routes(desk.receive), *simulator_routes(settings)])
    with serving(app, listener), httpx.Client(base_url=base, trust_env=False) as http:
        yield Demo(desk, channel, clock, http)
    channel.close()


@pytest.fixture(params=[Mode.SAFE])
def demo(request, now: datetime) -> Iterator[Demo]:
    with simulated(request.param, now) as demo:
        yield demo


@pytest.fixture(scope="module")
def lasting() -> Iterator[Demo]:
    """One simulator for the many tests that leave it as they found it."""
    with simulated(Mode.SAFE, NOW) as demo:
        yield demo


def test_the_visitor_chooses_among_citizens(demo):
    page = demo.http.get("/sim").text
    assert all(person.name in page for person in PERSONAS)


@pytest.mark.parametrize("demo", list(Mode), indirect=True)
def test_what_the_citizen_writes_reaches_the_real_webhook_and_the_receipt_comes_back(demo):
    page = demo.act(text="高龄津贴从哪儿领 ]]> 😀").text
    assert demo.desk.messages[0].text == "高龄津贴从哪儿领 ]]> 😀"
    assert demo.desk.messages[0].sender_id == WANG.openid
    assert demo.desk.receipt.text in page


def test_markup_is_shown_and_not_obeyed(demo):
    page = demo.act(text="<script>alert(1)</script>").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


def test_an_answer_appears_in_the_chat(demo):
    demo.act(text="你好")
    demo.send("请带身份证到社区办理。")
    assert "请带身份证到社区办理。" in demo.http.get(f"/sim/phone/{WANG.code}").text
    assert "请带身份证到社区办理。" not in demo.http.get(f"/sim/phone/{LI.code}").text


def test_a_script_sends_without_leaving_and_asks_for_what_is_new(demo):
    sent = demo.http.post("/sim/phone/wang", data={"text": "你好"}, headers={"x-requested-with": "fetch"})
    assert sent.status_code == 204
    everything = demo.http.get("/sim/phone/wang/bubbles?after=0")
    assert everything.headers["x-pending"] == "0"
    assert everything.text.count("data-id=") == 2
    assert demo.http.get("/sim/phone/wang/bubbles?after=99").text.count("data-id=") == 0


@pytest.mark.parametrize(
    ("form", "kind", "text"),
    [
        ({"kind": "image"}, MessageKind.IMAGE, ""),
        ({"kind": "voice", "text": "我要问"}, MessageKind.VOICE, "我要问"),
        ({"kind": "voice_unclear", "text": "我要问"}, MessageKind.VOICE, ""),
        ({"kind": "location", "place": "呼和浩特市玉泉区大召前街"}, MessageKind.LOCATION, "呼和浩特市玉泉区大召前街"),
        ({"kind": "file"}, MessageKind.FILE, "情况说明.pdf"),
        ({"kind": "menu", "text": "进度"}, MessageKind.EVENT, "进度"),
        ({"kind": "follow"}, MessageKind.EVENT, ""),
    ],
)
def test_everything_a_phone_can_send_arrives(demo, form, kind, text):
    demo.act(**form)
    assert (demo.desk.messages[0].kind, demo.desk.messages[0].text) == (kind, text)


def test_the_adapter_fetches_the_picture_that_was_sent(demo):
    demo.act(kind="image")
    data, content_type = demo.channel.fetch(demo.desk.messages[0].media[0])
    assert data.startswith(b"\x89PNG")
    assert content_type == "image/png"
    with pytest.raises(DeliveryError):
        demo.channel.fetch(MediaRef(MessageKind.IMAGE, "gone"))


def test_an_own_picture_is_sent_and_something_else_is_not(demo):
    jpeg = b"\xff\xd8\xff" + b"0" * 50
    demo.http.post("/sim/phone/wang", data={"kind": "image"}, files={"picture": ("a.jpg", jpeg)})
    demo.http.post("/sim/phone/wang", data={"kind": "image"}, files={"picture": ("a.jpg", b"<svg/>")})
    first, second = (demo.channel.fetch(message.media[0])[0] for message in demo.desk.messages)
    assert first == jpeg
    assert second.startswith(b"\x89PNG")


def test_the_window_closes_after_48_hours_and_opens_with_the_next_message(demo):
    demo.act(text="你好")
    demo.clock.at += timedelta(hours=48, minutes=1)
    assert demo.refused() == "45015"
    demo.act(text="还在吗")
    demo.send("在的")


def test_five_messages_follow_one_of_the_citizen(demo):
    demo.act(text="你好")
    for _ in range(5):
        demo.send("答")
    assert demo.refused() == "45047"


def test_a_menu_click_opens_a_short_window(demo):
    demo.act(kind="menu", text="帮助")
    demo.send("答")
    demo.clock.at += timedelta(minutes=2)
    assert demo.refused() == "45015"


def test_who_stopped_following_or_is_nobody_gets_nothing(demo):
    demo.act(text="你好")
    demo.act(kind="unfollow")
    assert demo.refused() == "43004"
    assert demo.refused(to="oNobody") == "40003"
    assert demo.refused(to=LI.openid) == "45015"


def test_seeded_citizens_have_the_window_that_the_database_knows(demo):
    demo.send("答", to="oSeeded")
    assert demo.refused(to="oLongAgo") == "45015"


def test_a_webhook_that_stores_nothing_is_tried_again_and_then_the_citizen_sees_the_platforms_words(demo):
    demo.desk.fault = IntakeUnavailable("away")
    assert NOBODY_HOME in demo.act(text="有人吗").text
    assert len(demo.desk.messages) == 2
    assert demo.desk.messages[0].external_id == demo.desk.messages[1].external_id


def test_a_receipt_without_words_shows_nothing(demo):
    demo.desk.receipt = Receipt("")
    page = demo.act(text="你好").text
    assert page.count("theirs") == 0


def test_a_form_from_another_site_is_refused(demo):
    sent = demo.http.post("/sim/phone/wang", data={"text": "x"}, headers={"sec-fetch-site": "cross-site"})
    assert sent.status_code == 403
    assert not demo.desk.messages


def test_pages_need_no_inline_script_or_style(demo):
    for page in (demo.http.get("/sim").text, demo.act(text="你好").text):
        assert "style=" not in page
        assert "<script>" not in page
        assert "onclick" not in page


@pytest.mark.parametrize("path", ["/sim/phone/nobody", "/sim/media/x", "/sim/phone/nobody/bubbles"])
def test_what_is_not_there_is_404(demo, path):
    assert demo.http.get(path).status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[" * 5000, b'{"touser":1,"msgtype":"text","text":"x"}'])
def test_the_interface_refuses_what_it_cannot_read(demo, body):
    demo.act(text="你好")
    token = demo.http.post(
        "/sim/cgi-bin/stable_token", json={"appid": SETTINGS.app_id, "secret": SETTINGS.app_secret}
    ).json()["access_token"]
    answer = demo.http.post(f"/sim/cgi-bin/message/custom/send?access_token={token}", content=body)
    assert answer.json()["errcode"] == 47001
    assert demo.http.post("/sim/cgi-bin/message/custom/send?access_token=x", content=body).json()["errcode"] == 40001


@pytest.mark.parametrize(("change", "code"), [({"appid": "x"}, 40013), ({"secret": "x"}, 40125)])
def test_a_wrong_secret_gets_no_token(demo, change, code):
    asked = {"appid": SETTINGS.app_id, "secret": SETTINGS.app_secret} | change
    assert demo.http.post("/sim/cgi-bin/stable_token", json=asked).json()["errcode"] == code


@pytest.mark.parametrize("code", CODES)
def test_the_platform_answers_with_every_code_of_the_table_when_asked_to(lasting, code):
    lasting.act(text="你好")
    lasting.act(kind="trouble", text=str(code))
    with pytest.raises(DeliveryError) as caught:
        lasting.send("答复")
    assert (caught.value.outcome, caught.value.vendor_code) == (CODES[code].outcome, str(code))
    assert str(code) in lasting.act(kind="trouble", text="0").text
    lasting.send("现在能收到")


def test_after_the_window_a_notice_arrives_and_the_account_is_told_so(demo):
    demo.act(text="你好")
    demo.clock.at += timedelta(hours=49)
    assert demo.refused() == "45015"
    notice = Notice("template", "T-1", {"thing1": "20261123-0001", "thing2": "已答复，请查看"})
    proof = demo.channel.send(WANG.openid, OutboundContent("答复", "https://mz.example/progress", notice=notice))
    page = demo.http.get(f"/sim/phone/{WANG.code}").text
    assert "【模板消息】" in page and "已答复，请查看" in page and "https://mz.example/progress" in page
    for _ in range(100):
        told = [message for message in demo.desk.messages if message.event == "templatesendjobfinish"]
        if told:
            break
        demo.http.get("/sim")
    assert (told[0].details["MsgID"], told[0].details["Status"]) == (proof.ref, "success")
    assert demo.refused() == "45015", "the event opens no window"


def test_our_count_and_the_platforms_agree_whatever_the_citizen_does(demo):
    """The same doings go to the stand-in's rules and to ours; each push is allowed by both or by neither."""
    dice, ours = random.Random(20261123), None
    for _ in range(120):
        doing = dice.choice(("text", "menu", "follow", "push", "push", "push", "wait", "long"))
        if doing == "text":
            demo.act(text="你好")
        elif doing in ("menu", "follow"):
            demo.act(kind=doing, text="progress")
        elif doing in ("wait", "long"):
            demo.clock.at += timedelta(
                seconds=dice.choice((20, 61)) if doing == "wait" else dice.choice((3600, 172_900))
            )
            continue
        if doing != "push":
            event = {"text": "", "menu": "click", "follow": "subscribe"}[doing]
            opened = opened_by("event" if event else "text", event, demo.clock.at, 48, 5)
            assert opened is not None
            ours = better(ours, opened, demo.clock.at)
            continue
        allowed = ours is not None and ours.open(demo.clock.at)
        if allowed and ours is not None:
            demo.send("答复")
            ours = Window(ours.until, ours.left - 1)
        else:
            assert demo.refused() in ("45015", "45047")
