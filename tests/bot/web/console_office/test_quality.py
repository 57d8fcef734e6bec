"""识别质量: who sees and does what, what it says of the model in force, and that restricted cases stay out of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.web.console import quality
from bot.web.console import quality_drift as drifted
from bot.web.console import quality_view as view
from bot.web.console.quality_chart import curve_picture, weeks_picture
from handlers.learning import store
from handlers.learning.asked import learn_asked
from handlers.learning.drift import Drift, Week, week_starts
from handlers.learning.examples import is_tested
from handlers.learning.retrain import Trained
from handlers.learning.verdict import OVERTAKEN, URGENT, Fault, Verdict, figures_as_json
from handlers.learning.warnings import Compared, Warned
from handlers.records import Case, LearningRequest, UnderstandingModel
from handlers.understanding.evaluation.figures import figures_of
from handlers.understanding.evaluation.sureness import curve
from handlers.understanding.training.measure import Measured
from tests.bot.web.house import submit, token_of
from tests.handlers.models import named

PAGE = "/console/quality"


def figures() -> dict[str, Any]:
    topics = figures_of([("funeral", "funeral")] * 40 + [("funeral", "marriage")] * 3 + [("marriage", "marriage")] * 57)
    urgent = figures_of([("1", "1")] * 9 + [("1", "0")] + [("0", "1")] * 3 + [("0", "0")] * 87)
    now = figures_of([("1", "1")] * 4 + [("0", "1")] + [("0", "0")] * 95)
    return {"held_out": figures_as_json(Measured(100, {"topic": topics, "urgent": urgent, "now": now}, 60, 58))}


@pytest.fixture
def model(house):
    """Put a model in force, as a training would have."""

    def promote(name: str) -> UnderstandingModel:
        with house.services.core.database.write() as session:
            row = store.keep(session, named(name), local_examples=37, figures=figures(), verdict=Verdict().kept(),
                             now=house.clock())  # fmt: skip
            store.promote(session, row, house.clock())
            return row

    return promote


def states(house) -> dict[str, str]:
    with house.services.core.database.read() as session:
        return {row.name: row.state for row in store.listed(session)}


def test_an_empty_house_says_what_will_be_there(enter) -> None:
    page = enter("wuyun").get(PAGE).text
    assert "还没有训练好的模型" in page and "还没有测试结果" in page and "还没有读过来信" in page
    assert "立即学习</button>" not in page and "退回上一个" not in page


def test_the_model_in_force_and_its_figures_stand_there_in_plain_words(enter, model) -> None:
    model("learned-1")
    page = enter("wuyun").get(PAGE).text
    assert "learned-1" in page and "核对过的 37 件" in page and "没有哪一类变差" in page
    assert "每 100 件约 60 件不经人直接转办；这样转的，每 100 件约 97 件转对" in page
    assert "两档紧急的合计 10 件，找到 9 件，漏掉 1 件；另有 3 件误报" in page
    assert "其中要马上叫人的 4 件，找到 4 件，漏掉 0 件；另有 1 件误报" in page
    assert "实际是“殡葬”，判断成“婚姻登记” <strong>3</strong> 件" in page


@pytest.mark.parametrize("login", ["zhangmin", "heli", "bate", "shen"])
def test_the_page_is_for_the_office_and_the_admin(enter, login: str) -> None:
    assert enter(login).get(PAGE).status_code == 403


def test_only_the_admin_learns_now_and_rolls_back(enter, model) -> None:
    model("learned-1")
    model("learned-2")
    page = enter("keeper").get(PAGE).text
    assert "立即学习" in page and "退回上一个" in page
    office = enter("wuyun")
    assert "退回上一个" not in office.get(PAGE).text
    assert office.get(f"{PAGE}/rollback").status_code == 403
    for path in ("learn", "rollback"):
        assert submit(office, PAGE, f"{PAGE}/{path}", {}).status_code == 403


def test_learning_now_is_a_wish_that_the_scheduler_fulfils_and_the_page_follows(
    enter, house, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[dict[str, Any]] = []
    monkeypatch.setattr(quality, "log", type("Kept", (), {"info": lambda _, what, **more: said.append({what: more})})())
    client, database = enter("keeper"), house.services.core.database
    assert submit(client, PAGE, f"{PAGE}/learn", {}).status_code == 303
    assert said == [{"learning asked for": {"officer": "keeper"}}]
    page = client.get(PAGE).text
    assert "等待开始" in page and "刷新看结果" in page and "立即学习</button>" not in page
    house.clock.go_on(minutes=4)
    assert "定时任务可能没有运行" in client.get(PAGE).text

    worse = Verdict((Fault("held_out", "topic", "funeral", 0.912, 0.85),)).kept()

    def train(*_: Any) -> Trained:
        return Trained("learned-9", False, worse, 3, {})

    learn_asked(database, house.services.settings.model_dir, house.clock, train)
    page = client.get(PAGE).text
    assert "没有采用 learned-9" in page and "业务类别“殡葬”变差（F1 0.912 → 0.850）" in page
    with database.read() as session:
        assert session.scalars(select(LearningRequest.state)).all() == ["done"]


def test_two_presses_are_one_training(enter, house) -> None:
    client = enter("keeper")
    token_page = client.get(PAGE).text
    for _ in range(2):
        client.post(f"{PAGE}/learn", data={"csrf": token_of(token_page)}, follow_redirects=False)
    with house.services.core.database.read() as session:
        assert len(session.scalars(select(LearningRequest.id)).all()) == 1
    assert "已经在等待或正在学习" in client.get(PAGE).text


def test_rolling_back_asks_once_and_puts_the_earlier_model_in_force(enter, house, model) -> None:
    model("learned-1")
    seen = model("learned-2").id
    client = enter("keeper")
    page = client.get(f"{PAGE}/rollback").text
    assert "learned-2" in page and "learned-1" in page and "不，返回" in page
    assert submit(client, f"{PAGE}/rollback", f"{PAGE}/rollback", {"seen": seen}).status_code == 303
    assert states(house) == {"learned-1": "promoted", "learned-2": "previous"}
    assert "已退回 learned-1" in client.get(PAGE).text


def test_a_model_that_changed_since_it_was_seen_is_not_rolled_back(enter, house, model) -> None:
    model("learned-1")
    seen = model("learned-2").id
    client = enter("keeper")
    client.get(f"{PAGE}/rollback")
    model("learned-3")
    submit(client, f"{PAGE}/rollback", f"{PAGE}/rollback", {"seen": seen})
    assert states(house)["learned-3"] == "promoted"
    assert "刚刚换过了" in client.get(PAGE).text


def test_without_an_earlier_model_there_is_nothing_to_roll_back_to(enter, model) -> None:
    row = model("learned-1")
    client = enter("keeper")
    assert client.get(f"{PAGE}/rollback", follow_redirects=False).status_code == 303
    submit(client, PAGE, f"{PAGE}/rollback", {"seen": row.id})
    assert "没有可以退回的模型" in client.get(PAGE).text


def test_corrections_and_the_weeks_are_shown_without_restricted_cases(enter, house, write_in) -> None:
    case, secret = write_in("殡仪馆怎么收费"), write_in("我要举报")
    client = enter("wuyun")
    given = {"version": case.version, "topic": "funeral"}
    assert submit(client, f"/console/cases/{case.number}", f"/console/cases/{case.number}/correct_labels", given)
    given = {"version": secret.version, "kind": "praise", "topic": "veterans"}
    submit(client, f"/console/cases/{secret.number}", f"/console/cases/{secret.number}/correct_labels", given)
    house.change(secret.number, restricted=True, restricted_to=house.officers["suhe"])
    client.get(PAGE)  # the notices of what was just done
    page = client.get(PAGE).text
    assert "每百件更正" in page and "<svg" in page and "殡葬" in page
    assert "优抚安置" not in page and "表扬" not in page


def test_the_local_test_set_is_measured_without_restricted_cases_and_anew_when_it_grows(
    enter, house, write_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "LEAST", 2)
    cases = [write_in(labels_checked=True, topic="funeral") for _ in range(60)]
    tested = [case for case in cases if is_tested(case.number)]
    assert len(tested) > 3
    client = enter("wuyun")
    page = client.get(PAGE).text
    assert f"本局测试题 {len(tested)} 件" in page and "把握多高，能信几成" in page
    assert f"实际是“殡葬”，判断成“养老” <strong>{len(tested)}</strong> 件" in page
    house.change(tested[0].number, restricted=True)
    assert f"本局测试题 {len(tested) - 1} 件" in client.get(PAGE).text
    with house.services.core.database.read() as session:
        assert session.get(Case, tested[0].id).restricted


def test_an_installation_with_rules_says_that_it_does_not_learn(enter, house, model) -> None:
    settings = house.services.settings.model_copy(update={"understanding": "rules"})
    enter("keeper").app.state.services = replace(house.services, settings=settings)
    client = enter("keeper")
    assert "按规则判断，不学习" in client.get(PAGE).text
    submit(client, "/console/admin", f"{PAGE}/learn", {})
    with house.services.core.database.read() as session:
        assert session.scalars(select(LearningRequest.id)).all() == []


@pytest.mark.parametrize(
    ("right", "routed", "n", "words"),
    [
        (199, 205, 424, "每 100 件约 48 件不经人直接转办；这样转的，每 100 件约 97 件转对"),
        (999, 1000, 2000, "每 100 件约 99 件转对"),
        (60, 60, 100, "这样转的，全部转对"),
        (8, 9, 49, "49 题里转了 9 件，对 8 件：还太少"),
        (0, 0, 40, "没有一件有把握"),
    ],
)
def test_what_is_routed_alone_is_said_per_hundred_and_never_rounded_to_all(
    right: int, routed: int, n: int, words: str
) -> None:
    assert words in view.routing(right, routed, n)


def test_a_model_from_before_the_grades_says_urgent_and_nothing_of_grades() -> None:
    urgent = figures_of([("1", "1")] * 9 + [("1", "0")])
    told = view.set_view("held_out", figures_as_json(Measured(10, {"urgent": urgent}, 0, 0))).urgent
    assert told == "紧急的 10 件，找到 9 件，漏掉 1 件；另有 0 件误报。"


def test_verdicts_are_told_in_chinese_and_unknown_ones_as_they_are() -> None:
    faults = Fault("held_out", "topic", "funeral", 0.9, 0.8), Fault("local", URGENT, "1", 0.9, 0.81)
    assert view.verdict_words(Verdict(faults, OVERTAKEN).kept()).split("；") == [
        "标准测试题上，业务类别“殡葬”变差（F1 0.900 → 0.800）", "本局测试题上，要马上叫人的找到得少了（0.900 → 0.810）",
        "学习时在用的模型换过了，没有和它比过",
    ]  # fmt: skip
    assert view.verdict_words("the shipped corpus") == "自带语料训练的"  # of an earlier release
    assert view.verdict_words("something else; x") == "something else; x"


def test_warnings_name_the_week_and_both_numbers(now) -> None:
    week = Week(week_starts(now, 1)[0], read=100)
    told = drifted.warnings(
        Compared(week, (Warned("corrections", "", 5, 20), Warned("topic", "disaster_relief", 2, 40)))
    )
    assert "11月23日起的一周" in told[0] and "每百件 5 到现在 20" in told[0]
    assert "“救灾”来得明显多" in told[1]
    assert drifted.warnings(Compared(None, ())) == []


def test_the_lines_break_where_a_week_is_empty_and_stay_inside_the_picture(now) -> None:
    weeks = [Week(start, read=10, asked=5, corrected=30, scored=10, sure=0.8) for start in week_starts(now, 5)]
    weeks[2] = Week(weeks[2].start)
    drawn = weeks_picture(weeks)
    assert all(len(line.points) == 4 and len(line.strokes) == 2 for line in drawn.lines)
    assert all(0 <= p.x <= 640 and 0 <= p.y <= 260 for line in drawn.lines for p in line.points)
    steps = curve_picture(curve([(0.9, True)], 2))
    assert len(steps.lines[0].points) == 7 and len(steps.lines[1].points) == 9


def test_the_shares_of_a_week_are_told_by_name(now) -> None:
    week = Week(now - timedelta(days=1), read=4)
    week.topics.update({"funeral": 3, "": 1})
    rows = drifted.share_rows(Drift((week, Week(now)), ()), "topic")
    assert [(row.name, list(row.cells)) for row in rows] == [("殡葬", ["75%", "—"]), ("没有判断", ["25%", "—"])]
