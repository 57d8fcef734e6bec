"""The rules say what a careful reader would, show their words, and abstain where they do not know."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.taxonomy import KINDS, SENTIMENTS, TOPICS
from handlers.understanding.labels import Labels
from handlers.understanding.rules import RulesUnderstanding

READER = RulesUnderstanding()


def read(text: str) -> Labels:
    return READER.read(text)


def test_a_neutral_consultation_is_neutral_and_routed_by_itself() -> None:
    labels = read("请问低保怎么申请，需要什么材料")
    assert (labels.kind, labels.topic, labels.sentiment, labels.urgent) == (
        "consultation",
        "social_assistance",
        "neutral",
        False,
    )
    assert not labels.needs_person


def test_what_is_mentioned_in_passing_is_not_the_topic() -> None:
    labels = read("我是低保户，小区停水一周了")
    assert labels.topic == "not_ours" and labels.needs_person


def test_double_negation_is_understood() -> None:
    assert read("不是不满意，是非常满意").sentiment == "positive"
    assert read("对你们的服务不满意").sentiment == "negative"


def test_mock_praise_is_never_taken_at_its_word() -> None:
    labels = read("你们的服务可真是'好'啊")
    assert labels.kind != "praise" and labels.sentiment != "positive"
    assert labels.confidence["sentiment"] < 0.5 and labels.needs_person


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("高龄津贴怎么领？我妈八十二了", "elderly_care"),
        ("请问残疾证去哪里办理", "disability"),
        ("想收养一个孩子，请问要什么条件", "child_welfare"),
        ("福利彩票中奖去哪里兑奖？", "charity"),
        ("我们商会年检材料交了一个月没有回音，请问怎么查询", "social_organisations"),
        ("公墓管理费每年涨，请问有没有标准？", "funeral"),
        ("结婚登记可以网上预约吗", "marriage"),
        ("车站有个流浪老人，请救助站来看看", "homeless_aid"),
        ("我们楼的门牌号和身份证上对不上，怎么改？", "place_names"),
        ("村委会三年没有公开账目了，请处理", "grassroots"),
        ("退伍军人优待金什么时候发？", "veterans"),
        ("民政局的行政执法公示在哪里看？权责清单有吗", "law_policy"),
        ("请公开去年的三公经费和部门决算", "finance"),
        ("你们公众号上的办事指南打不开，能修一下吗", "openness"),
        ("洪水把房子冲毁了，救灾款什么时候发？", "disaster_relief"),
        ("養老院有床位嗎？", "elderly_care"),
    ],
)
def test_a_plain_message_finds_its_topic(text: str, topic: str) -> None:
    assert read(text).topic == topic


@pytest.mark.parametrize(
    "text",
    [
        "社保断缴了怎么补？",
        "医保卡在外地能用吗，报销比例多少",
        "公积金能提取吗",
        "孩子户口怎么迁过来上学",
        "物业费涨价，业主委员会不管",
        "贫困户的扶贫款什么时候发",
        "危房改造补助找谁申请",
        "流浪狗太多了，咬到人怎么办",
        "老年卡坐公交刷不出来",
        "养老金为什么少发了两百",
        "离婚官司法院判了抚养费，对方不给",
        "暖气不热，只有十五度",
        "包工头拖欠工资，请求帮忙讨薪",
        "开发商延期交房两年",
    ],
)
def test_the_neighbours_business_is_not_ours_and_a_person_passes_it_on(text: str) -> None:
    labels = read(text)
    assert labels.topic == "not_ours" and labels.needs_person


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请问婚姻登记处周六上班吗", "consultation"),
        ("求求你们帮帮我，我走投无路了，孩子看病的钱一分都没有了", "help"),
        ("投诉养老院乱收费，态度恶劣，多次反映没人管", "complaint"),
        ("举报村主任骗取低保，挪用救灾款", "report"),
        ("建议在社区增设老年食堂，方便老人吃饭", "suggestion"),
        ("特别感谢社救办的小王，服务热情，给她点赞", "praise"),
        ("你好", "other"),
    ],
)
def test_a_plain_message_finds_its_kind(text: str, kind: str) -> None:
    assert read(text).kind == kind


def test_a_closing_thanks_is_no_praise() -> None:
    assert read("请问低保金几号发？谢谢！").kind == "consultation"


def test_what_may_be_an_accusation_is_never_routed_without_a_person() -> None:
    assert read("低保评定不公，村会计优亲厚友，请问你们管不管").needs_person


@pytest.mark.parametrize(
    "text",
    [
        "我不想活了",
        "活着没什么意思，药都攒够了，孩子就拜托你们了",
        "这是最后一次写信，等我走了以后请照顾我妈",
        "邻居家又在打孩子，孩子身上全是伤",
        "今晚没地方住，外面零下二十度",
        "老人两天没吃饭了，家里断粮",
        "隔壁独居老人好几天没见，敲门没人应",
        "楼道里煤气味很大，有人头晕",
        "房子要塌了，我们一家还住在里面",
        "几百人明天去政府门口拉横幅",
    ],
)
def test_what_cannot_wait_is_urgent_also_when_told_quietly(text: str) -> None:
    labels = read(text)
    assert labels.urgent and labels.evidence["urgent"]


@pytest.mark.parametrize(
    "text",
    [
        "请尽快答复！十万火急！！",
        "气死我了，太过分了，还让不让人活",
        "小区电梯老旧，消防通道被占，一旦发生火灾后果严重",
        "去年楼上着火后电线一直没换",
        "河道污染三年了没人管",
        "请问火化证明丢了怎么补",
    ],
)
def test_anger_and_chronic_states_are_not_urgent(text: str) -> None:
    assert read(text).urgent is False


def test_a_farewell_that_gives_thanks_is_no_praise() -> None:
    labels = read("谢谢你们这些年的照顾，药我攒够了，不想再拖累家里了")
    assert labels.urgent and labels.kind not in {"praise", "other"}


def test_a_second_topic_needs_a_second_request() -> None:
    text = "请问我妈的高龄津贴怎么申请？另外，我想问一下离婚登记要带什么材料，冷静期怎么算？"
    labels = read(text)
    assert {labels.topic, labels.topic_2} == {"elderly_care", "marriage"}
    assert read("请问我妈的高龄津贴怎么申请？").topic_2 is None


def test_evidence_points_into_the_original_text() -> None:
    text = "①您好😀！請問底保怎麼辦理？"
    for found in read(text).evidence.values():
        for piece in found:
            assert text[piece.start : piece.end] == piece.text
    assert [piece.text for piece in read(text).evidence["topic"]] == ["底保"]


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("低保养老院请问投诉不满意谢，。？！ \n\x00\ud800ＡＢ①…😀ᠠб没吃的死"), max_size=80)
)
def test_any_text_gets_known_labels_and_true_evidence(text: str) -> None:
    labels = read(text)
    assert labels.kind in {None, *KINDS} and labels.topic in {None, *TOPICS}
    assert labels.sentiment in {None, *SENTIMENTS}
    assert all(0 <= value <= 1 for value in labels.confidence.values())
    assert all(text[e.start : e.end] == e.text for found in labels.evidence.values() for e in found)


def seconds(text: str) -> float:
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        read(text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize(
    "piece", ["没", "谢谢!", "尊敬的领导", "请问\n", "①低保", "人", "不是不满意", "死", "a", "['好'", " "]
)
def test_four_times_the_adverse_characters_take_no_more_than_linear_time(piece: str) -> None:
    few, many = (piece * 12_000)[:3_000], (piece * 12_000)[:12_000]
    assert seconds(many) < 12 * seconds(few)  # four times if linear, sixteen if quadratic
