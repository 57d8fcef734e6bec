"""What goes in and out over the interface: names, bounds and examples of every field."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from bot.web.dates import FIRST_YEAR, LAST_YEAR, in_reach
from handlers.casework.states import CASE_STATES
from handlers.taxonomy import TRACKS
from handlers.text import storable

LONGEST: Final = 20_000  # characters of a message


def _storable(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _in_reach(value: datetime) -> datetime:
    if not in_reach(value):
        raise PydanticCustomError(
            "date_out_of_reach", "the year cannot be meant", {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return value


Text = Annotated[str, BeforeValidator(_storable)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_reach)]
Short = Annotated[Text, Field(max_length=100)]

_EXAMPLE: Final[JsonDict] = {
    "text": "我母亲今年八十二岁，户口在玉泉区，高龄津贴怎么申请？需要本人到场吗？",
    "title": "高龄津贴申请",
    "sender": "user-8842",
    "contact": {"name": "王秀兰", "phone": "0471-0000000", "address": "玉泉区示例路 1 号"},
    "district": "玉泉区",
    "wished_answer": "online",
    "consent_contact": True,
    "consent_publish": False,
    "outer_number": "HOTLINE-2026-001",
    "outer_due_at": "2026-11-27T17:30:00+08:00",
}


_STATES: Final = "、".join(f"{state.code} {state.name}" for state in CASE_STATES.values())
_SENT: Final[JsonDict] = {
    "number": "20261123-0007",
    "query_code": "K7MR-PQXT",
    "receipt": "您好，留言已收到，编号 20261123-0007，查询码 K7MR-PQXT。已交福利科，最迟 11月25日（周三） 答复您。",
    "repeated": False,
    "link": "https://example.invalid/progress",
}
_CASE: Final[JsonDict] = {
    "number": "20261123-0007",
    "outer_number": "HOTLINE-2026-001",
    "state": "answered",
    "state_words": "已答复",
    "subject": "高龄津贴申请",
    "section": "福利科",
    "opened_at": "2026-11-23T01:14:00Z",
    "changed_at": "2026-11-24T08:30:00Z",
    "latest": "",
    "rule": "",
    "to_confirm": False,
    "tracks": [],
    "steps": [
        {"at": "2026-11-23T01:14:00Z", "words": "已收到"},
        {"at": "2026-11-23T01:14:00Z", "words": "已交福利科"},
        {"at": "2026-11-24T08:30:00Z", "words": "答复已送达"},
    ],
    "answers": [{"at": "2026-11-24T08:29:00Z", "purpose": "answer", "text": "八十周岁以上可以申请，子女可以代办。"}],
    "can": ["rate", "reopen", "supplement"],
    "result": "",
    "rating": "",
    "merged_into": "",
}


class ContactIn(BaseModel):
    """联系方式，加密保存 / contact data, stored encrypted."""

    model_config = ConfigDict(extra="forbid")

    name: Short = Field("", description="姓名 / name")
    phone: Annotated[Text, Field(max_length=40)] = Field("", description="电话 / telephone")
    address: Annotated[Text, Field(max_length=300)] = Field("", description="住址 / address")
    identity_number: Annotated[Text, Field(max_length=40)] = Field("", description="身份证号 / identity number")


class AttachmentIn(BaseModel):
    """一个附件 / one file, small: the whole body is bounded."""

    model_config = ConfigDict(extra="forbid")

    filename: Annotated[Text, Field(max_length=200)] = Field(description="文件名 / file name")
    data: Text = Field(description="base64 编码的内容；按内容判断类型 / the bytes in base64; typed by content")


class MessageIn(BaseModel):
    """一条留言 / one message of one citizen."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    text: Annotated[Text, Field(min_length=1, max_length=LONGEST)] = Field(
        description="留言原文，原样保存 / the words as written, kept verbatim"
    )
    title: Annotated[Text, Field(max_length=200)] = Field("", description="标题 / title")
    sender: Annotated[Text, Field(max_length=150)] = Field(
        "",
        description="来件平台的用户编号（不要用姓名、电话、身份证号）；同一编号的后续留言会并入未办结的诉求件 / "
        "your own opaque user id; later messages of the same id join the open case",
    )
    sent_at: Instant | None = Field(None, description="群众留言的时间 / when the citizen wrote")
    contact: ContactIn = Field(default_factory=ContactIn, description="反映人 / the writer")
    affected: ContactIn = Field(default_factory=ContactIn, description="当事人（与反映人不同时） / who it is about")
    relation: Annotated[Text, Field(max_length=60)] = Field("", description="反映人与当事人的关系 / their relation")
    district: Annotated[Text, Field(max_length=60)] = Field("", description="旗县区 / district")
    place: Annotated[Text, Field(max_length=300)] = Field("", description="具体地点 / place")
    wished_answer: Literal["", "online", "phone", "visit", "post", "platform", "none"] = Field(
        "", description="希望的答复方式 / wished answer"
    )
    consent_contact: bool = Field(False, strict=True, description="同意联系 / may be contacted")
    consent_publish: bool = Field(
        False, strict=True, description="去除身份信息后可以公开 / publishable without identity"
    )
    confidential: bool = Field(False, strict=True, description="要求身份保密 / keep the identity confidential")
    identity_verified: bool = Field(False, strict=True, description="平台已实名核验 / identity verified by you")
    outer_number: Short = Field("", description="来件平台的编号 / your own number")
    outer_dispatched_at: Instant | None = Field(None, description="平台转办时间，期限由此起算 / dispatch instant")
    outer_due_at: Instant | None = Field(None, description="平台要求的期限，更早时以此为准 / your due instant")
    case_number: Annotated[str, Field(pattern=r"^(20\d{6}-\d{4,8})?$")] = Field(
        "", description="补充到本账号的这件未办结诉求件 / add to this open case of your account"
    )
    attachments: Annotated[list[AttachmentIn], Field(max_length=20)] = Field(
        default_factory=list, description="附件 / files"
    )


class Sent(BaseModel):
    """受理结果 / what was made of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SENT]})

    number: str = Field(description="受理编号；查询类短语没有编号 / case number ('' for a mere command)")
    query_code: str = Field(description="查询码，只给群众本人；补充时为空 / for the citizen only")
    receipt: str = Field(description="请原样显示给群众的回执 / the receipt to show to the citizen as it is")
    repeated: bool = Field(description="这个 Idempotency-Key 已受理过，以上是当时的结果 / seen before")
    link: str = Field(description="群众查询进度的网页 / the page where the citizen looks it up")


class StepOut(BaseModel):
    at: datetime
    words: str


class AnswerOut(BaseModel):
    at: datetime
    purpose: Literal["answer", "question"] = Field(description="答复，或请群众补充的问题 / an answer or a question")
    text: str = Field(description="签发的原文 / exactly as issued")


class TrackOut(BaseModel):
    """并行办理的一个程序 / one of several procedures that the case follows."""

    track: str = Field(description=f"代码 / code: {'、'.join(f'{code} {name}' for code, name in TRACKS.items())}")
    name: str
    words: str = Field(description="给群众看的说法 / in words for the citizen")
    latest: str = Field(description="该程序的最迟日期（中文）；没有在计时的期限时为空 / its next date in words")
    rule: str = Field(description="期限规则代码 / code of the time limit")
    to_confirm: bool = Field(description="期限的依据待核实 / the source of the limit is yet to be confirmed")


class CaseOut(BaseModel):
    """一件诉求件的进度 / the progress of a case. 受限和敏感的不含主题与科室 / restricted ones name no matter."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CASE]})

    number: str
    outer_number: str
    state: str = Field(description=f"状态代码：{_STATES}")
    state_words: str = Field(description="给群众看的说法 / in words for the citizen")
    subject: str
    section: str
    opened_at: datetime
    changed_at: datetime
    latest: str = Field(description="最迟答复日期（中文）；不欠答复时为空 / latest date of the answer in words")
    rule: str = Field(description="期限规则代码 / code of the time limit")
    to_confirm: bool = Field(description="期限的依据待核实 / the source of the limit is yet to be confirmed")
    tracks: list[TrackOut] = Field(
        description="同时按几个程序办理时逐个列出，否则为空 / empty unless it follows several"
    )
    steps: list[StepOut]
    answers: list[AnswerOut]
    can: list[str] = Field(description="群众现在可以做的：rate、reopen、supplement、withdraw / possible now")
    result: str
    rating: str
    merged_into: str


class CaseLine(BaseModel):
    number: str
    outer_number: str
    state: str = Field(description="状态代码，同诉求件 / state code as of a case")
    changed_at: datetime


class CaseList(BaseModel):
    """变动过的诉求件，先后有序 / changed cases, oldest change first."""

    cases: list[CaseLine]
    after: str = Field(description="下次请求的 after；没有更多时也可继续用 / pass it as after next time")


class RatingIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rating": "satisfied", "words": ""}]})

    rating: Literal["satisfied", "fair", "dissatisfied"] = Field(description="满意、一般、不满意")
    words: Annotated[Text, Field(max_length=2000)] = Field("", description="群众的话 / in words")


class WordsIn(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"words": "还没有说明补发的时间。"}]})

    words: Annotated[Text, Field(min_length=1, max_length=2000)] = Field(description="哪里没办好 / what is still wrong")
