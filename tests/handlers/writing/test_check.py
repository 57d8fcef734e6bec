"""The reply check on replies of our own: each kind of fault, and the sound ones that look like one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers.writing.check import check
from handlers.writing.finding import KINDS, Context
from handlers.writing.learned.training import rows_of
from handlers.writing.measure import measure, printed

ROWS = rows_of("makers")
#: Of the 96 faults and 34 sound replies: learned heads are not bent until each single one fits.
MISSED, DOUBTED = 2, 2
MONDAY = date(2026, 11, 23)
QUESTION = "请问高龄津贴怎么申请，要带什么材料？"
GOOD = "王女士，您好：请带身份证和户口本到户籍所在的社区申请高龄津贴，电话 0471-4600112。"
CONTEXT = Context(
    issued_on=MONDAY, message=QUESTION, citizen_name="王秀兰", gender="female", kind="consultation",
    legal_due=date(2026, 12, 4), phones=("0471-4600112",),
)  # fmt: skip


def kinds(reply: str, **changes: object) -> set[str]:
    return {finding.kind for finding in check(reply, replace(CONTEXT, **changes))}  # type: ignore[arg-type]


def test_the_makers_own_replies_are_told_apart_as_well_as_before() -> None:
    told = measure(ROWS)
    assert set(told.planted) == set(KINDS), "a kind of fault has no specimen"
    missed = sum((told.planted - told.placed).values())
    assert missed <= MISSED and told.alarmed <= DOUBTED, printed(told, detail=True)


def test_a_sound_reply_has_no_findings() -> None:
    assert check(GOOD, CONTEXT) == []


def test_places_are_code_points_of_the_reply_as_written_whatever_its_width() -> None:
    reply = "王女士，您好😀：请带身份证和户口本到社区申请高龄津贴，请耐心等待。电话０４７１－４６００１１２。"
    found = check(reply, CONTEXT)
    assert [(f.kind, f.words) for f in found] == [("evasive", "请耐心等待")]
    assert reply[found[0].start : found[0].end] == "请耐心等待"


@pytest.mark.parametrize(
    ("number", "dialled"),
    [
        ("0471-4600112", True), ("(0471)4600112", True), ("0471 4600112", True), ("010-65201234", True),
        ("13800138000", True), ("400-820-1234", True), ("12345", True), ("0471-12345", True), ("4600112", True),
        ("0471-4600112-801", True), ("0471-460011", False), ("0471-46001123", False), ("1380013800", False),
        ("138001380001", False), ("010-6520123", False), ("0265-4600112", False), ("123456", False),
        ("0571-8705oo72", False),
        ("139-7311-0245-6", False), ("0931-0000000", False), ("0461-4600056", False),
    ],
)  # fmt: skip
def test_telephone_numbers_are_told_from_what_nobody_could_dial(number: str, dialled: bool) -> None:
    reply = f"王女士，您好：请带身份证到社区申请高龄津贴，咨询电话 {number}。"
    assert ("phone" not in kinds(reply)) is dialled


@pytest.mark.parametrize(
    "words",
    [
        "受理编号20261123-0007", "2026-11-23", "国发〔2015〕52号", "每人每月1100元", "100000元", "2024-2026年",
        "政务大厅3号楼201室", "电话里说的第3项", "8:30-17:30", "热线12345转2号键",
    ],
)  # fmt: skip
def test_numbers_that_are_no_telephone_are_left_alone(words: str) -> None:
    assert "phone" not in kinds(f"{GOOD}{words}")


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("11月23日（周一）", False), ("2026年11月23日星期一", False), ("本周五（11月27日）", False),
        ("2028年2月29日", False), ("二〇二六年十二月一日", False), ("周一至周五8:30上班", False),
        ("已于10月20日前发放", False), ("您10月8日来信", False), ("自2026年1月1日起执行", False),
        ("11月23日（周二）", True), ("2026年2月29日", True), ("11月31日", True), ("13月5日", True),
        ("下周三（11月27日）", True), ("将于11月20日前答复您", True), ("2026-11-31", True), ("上午9:70", True),
        ("我们最迟10月底告知您", True), ("二〇二六年十一月三十一日", True),
    ],
)  # fmt: skip
def test_dates_are_checked_against_the_calendar(words: str, wrong: bool) -> None:
    assert ("date" in kinds(f"{GOOD}{words}。")) is wrong


@pytest.mark.parametrize(
    ("words", "beyond"),
    [
        ("我们12月4日前给您答复", False), ("我们10个工作日内答复您", True), ("我们5个工作日内答复您", False),
        ("我们将在12月20日前把核查结果告诉您", True), ("请您在12月20日前到社区提交材料", False),
        ("补贴12月15日发放", False), ("审批时限是受理后30个工作日", False), ("我们明年给您解决", True),
        ("保证一定给您批下来", True), ("我们不能保证一定批准", False), ("最低生活保障", False),
    ],
)  # fmt: skip
def test_promises_are_held_against_the_limit_of_the_case(words: str, beyond: bool) -> None:
    assert ("promise" in kinds(f"{GOOD}{words}。")) is beyond


@pytest.mark.parametrize(
    ("opening", "wrong"),
    [
        ("王女士，您好：", False), ("王秀兰女士您好，", False), ("尊敬的王阿姨：您好！", False), ("您好！", False),
        ("市民朋友，您好：", False), ("关心家乡的网友您好：", False), ("秀兰同志，您好：", False),
        ("王**女士，您好：", False),
        ("李女士，您好：", True), ("王先生，您好：", True), ("王秀英女士，您好：", True), ("", True),
        ("举报人：", False),
    ],
)  # fmt: skip
def test_the_salutation_is_the_citizens_own(opening: str, wrong: bool) -> None:
    assert ("salutation" in kinds(opening + GOOD.partition("：")[2])) is wrong


@pytest.mark.parametrize(
    ("words", "personal"),
    [
        ("身份证号11010519491231002X", True), ("残疾人证号11010519491231002X44", True),
        ("打到建行卡6217001540018832976", True), ("编号110105194912310020", False), ("卡号6222021234567894", True),
        ("邻居的手机13904711234", True), ("社区专干小李的手机13904711234", False), ("其儿子家里电话0471-4612345", True),
        ("她家住安居花园3号楼2单元502室", True), ("我们在政务服务大厅3号楼201室办公", False),
    ],
)  # fmt: skip
def test_data_of_other_people_is_pointed_out(words: str, personal: bool) -> None:
    assert ("personal_data" in kinds(f"{GOOD}{words}。")) is personal


def test_what_the_letter_puts_round_a_reply_counts_as_said() -> None:
    bare = "请带身份证和户口本到户籍所在的社区申请高龄津贴。"
    assert kinds(bare) == {"salutation", "no_contact"}
    assert (
        kinds(bare, before="您好，关于编号 20261123-0007，答复如下：\n", after="\n（市民政局 电话 0471-4600112）")
        == set()
    )


def test_the_bureaus_own_words_take_the_place_of_the_shipped_ones() -> None:
    assert "bureau_words" in kinds(GOOD + "残废")
    assert "bureau_words" not in kinds(GOOD + "残废", own_words={"兹": ""})
    found = check(GOOD + "兹", replace(CONTEXT, own_words={"兹": "现"}))
    assert [(f.kind, f.words) for f in found] == [("bureau_words", "兹")] and "现" in found[0].advice


def test_a_clear_no_needs_no_materials_and_no_prices() -> None:
    reply = (
        "王女士，您好：这项补贴只发给本市户籍的老人，您母亲不符合条件（《高龄津贴发放办法》第三条）。电话0471-4600112。"
    )
    assert kinds(reply) == set()


@pytest.mark.parametrize(
    "words",
    [
        "请您本人去一趟，您自己选一个方便的时间。", "也可以自己上网填，没有必要来回跑。",
        "请勿重复提交材料。",
        "对决定不服的，可以在60日内申请复议。", "分别来自两个社区。", "您着急什么时候用，请说。",
        "这类问题都由街道民政窗口受理。", "下次来请先打电话问一声。",
        "我们会在规定时限内把表交齐。",
        "家属请尽快带身份证来办。", "查实的，我们将依法处理，结果11月30日前告诉您。", "实行预约办理制度。",
        "刘先生的申请也在办，请刘先生的家属等通知。", "联系邮箱46001122@qq.com，邮编010010，QQ群123456789。",
        "电话0471-4600112/4600113，或12345-3。", "11月20日前提交的申请当月发放。", "5月10日（周日）那次也算。",
        "评审12月20日公布。", "为保证老人能按时领到钱，请早点来。", "面包你们先吃。", "社区的电话13904711234。",
        "您不属于民政部门受理范围。", "您母亲10月应发津贴100元。", "住院部3号楼201室。", "低保证要带原件。",
        "好吃的面包由爱心食堂送。", "我们管不到价格，但收费要公示。", "3:1的比例。", "第12345号提案。",
    ],
)  # fmt: skip
def test_words_that_only_look_like_a_fault_are_left_alone(words: str) -> None:
    assert check(GOOD + words, CONTEXT) == []


@pytest.mark.parametrize(
    ("asked", "said", "answered"),
    [
        ("高龄津贴每月多少钱？", "高龄津贴按年龄分档发放，到社区申请。", False),
        ("高龄津贴每月多少钱？", "80至89周岁每月100元，到社区申请。", True),
        ("补贴什么时候发？", "您的材料10月28日已审核，列入名单。", False),
        ("补贴什么时候发？", "您的材料10月28日已审核，12月1日发。", True),
        ("续费能网上交吗？", "可以交，交完自动顺延。", False),
        ("续费能网上交吗？", "可以，微信搜公众号就能交。", True),
        ("周六办不办？", "可以先预约，带上身份证。", False),
        ("周六办不办？", "周六上午可以办，请先预约。", True),
        ("申请交了一个月，办到哪一步了？", "申请应当经会员大会表决，再交章程。", False),
        ("申请交了一个月，办到哪一步了？", "您的申请正在公示，11月27日结束。", True),
    ],
)  # fmt: skip
def test_each_question_wants_an_answer_of_its_own_kind(asked: str, said: str, answered: bool) -> None:
    reply = f"王女士，您好：{said}电话0471-4600112。"
    assert ("not_answered" not in kinds(reply, message=asked)) is answered


def test_a_complaint_wants_to_know_what_was_done() -> None:
    general = "王女士，您好：入住养老院请带身份证和体检报告，床位费双人间1100元。电话0471-4600112。"
    done = "王女士，您好：11月20日我们到养老院查看了监控，护工已停岗。电话0471-4600112。"
    complaint = {"message": "养老院的护工吼我妈，床单湿了没人换。", "kind": "complaint"}
    assert "not_answered" in kinds(general, **complaint)
    assert "not_answered" not in kinds(done, **complaint)


@pytest.mark.parametrize(
    ("said", "evasive"),
    [
        ("您反映的问题我们已批转登记处，要求其改进作风，欢迎继续监督。", True),
        ("您的申请正在审核，请您耐心等待。", True),
        ("您的申请正在审核，请您耐心等待，11月27日前有结果。", False),
        ("您的来信收悉，我们高度重视：11月20日查了账，多收的120元11月25日起凭收据退。", False),
        ("此事由来已久，需要各方共同努力。", True),
    ],
)
def test_hollow_words_are_told_from_words_beside_something_firm(said: str, evasive: bool) -> None:
    reply = f"王女士，您好：{said}电话0471-4600112。"
    assert ("evasive" in kinds(reply, kind="complaint")) is evasive


@pytest.mark.parametrize(
    ("said", "cold"),
    [
        ("谁家没个病没个灾。", True), ("您心里应该有数。", True), ("捐都捐了，就不要计较这计较那。", True),
        ("婚姻不是儿戏，想离就离。", True), ("区区几块钱，犯不着投诉。", True), ("窗口人员也要休息。", True),
        ("本不该让您跑三趟，对不起。", False), ("这不是您造成的。", False), ("今后我们一定认真核对。", False),
        ("拖到现在才答复您，很抱歉。", False), ("您作为女儿可以代办。", False), ("您自己不方便来的，家属代办。", False),
        ("对这家不满意的可以换一家。", False), ("您多次来信，我们都看了。", False), ("随便去哪个登记处都行。", False),
    ],
)  # fmt: skip
def test_what_is_done_to_the_reader_tells_cold_words_from_kind_ones(said: str, cold: bool) -> None:
    assert ("cold" in kinds(GOOD + said)) is cold


@pytest.mark.parametrize(
    ("said", "unsourced"),
    [
        ("您家不符合低保条件。", True), ("每人每月补100元（《高龄津贴发放办法》第三条）。", False),
        ("按有关规定，每人每月补100元。", True), ("请填《离婚登记申请受理回执单》，冷静期满再来。", True),
        ("您10月的补贴100元已到账。", False), ("这是硬性规定。", True),
    ],
)  # fmt: skip
def test_policy_wants_its_paper_and_a_form_is_none(said: str, unsourced: bool) -> None:
    assert ("no_source" in kinds(GOOD + said)) is unsourced


@pytest.mark.parametrize(
    ("said", "wrong"),
    [("现就公墓的选购说明如下：合同写明年限。", True), ("现就津贴的申请说明如下：到社区填表。", False)],
)
def test_a_reply_that_announces_another_matter_is_pointed_out(said: str, wrong: bool) -> None:
    assert ("not_answered" in kinds(GOOD + said)) is wrong


@pytest.mark.parametrize(
    ("said", "unsourced"),
    [
        ("名下有车的一律不给办。", True), ("名下有车的一律不给办（国务院令第649号）。", False),
        ("押金不超过百分之十。", True), ("养老保险由人社局经办，必须本人去。", False),
    ],
)  # fmt: skip
def test_the_words_of_rules_want_a_paper_unless_they_are_somebody_elses(said: str, unsourced: bool) -> None:
    assert ("no_source" in kinds(GOOD + said)) is unsourced


def test_what_is_done_already_cannot_lie_ahead() -> None:
    assert "date" in kinds(GOOD + "补贴已于11月30日打入您的卡。")
    assert "date" not in kinds(GOOD + "补贴已于11月20日打入您的卡。")


@pytest.mark.parametrize(
    ("said", "beyond"),
    [
        ("我们保证每户都补一万。", True), ("差额一分不少。", True), ("绝不会再有第二次。", True),
        ("请交保证金收据。", False), ("谁也不能保证一定批准。", False), ("这一点不必定论。", False),
    ],
)  # fmt: skip
def test_guarantees_are_told_from_words_that_contain_theirs(said: str, beyond: bool) -> None:
    assert ("promise" in kinds(GOOD + said)) is beyond


def test_any_text_is_checked_without_a_fault() -> None:
    for reply in ("", " ", "\n\n", "。" * 50, "{姓名}", "0" * 3000, "《" * 200, "12月" * 400, "你" * 5000, "(((" * 300):
        check(reply, CONTEXT)
        check(GOOD, replace(CONTEXT, message=reply, citizen_name=reply[:20]))
