"""The triage desk: one case after the other, sent on with one press."""

from __future__ import annotations

from sqlalchemy import select

from handlers.records import CaseEvent, Correction, Label
from tests.bot.web.house import submit

TRIAGE = {"state": "triage", "section_code": None, "needs_person": True}


def test_the_next_case_stands_there_with_its_words_and_its_reading_is_recorded(enter, house, write_in) -> None:
    case = write_in("殡仪馆怎么收费", **TRIAGE)
    page = enter("wuyun").get("/console/triage").text
    assert "殡仪馆怎么收费" in page and "养老 → 福利科" in page
    with house.services.core.database.read() as session:
        events = session.scalars(select(CaseEvent.action).where(CaseEvent.case_id == case.id)).all()
    assert events[-1] == "read"


def test_one_press_sends_the_case_to_its_topics_section_and_goes_on(enter, house, write_in) -> None:
    case, other = write_in("殡仪馆怎么收费", **TRIAGE), write_in("另一件", **TRIAGE)
    client = enter("wuyun")
    given = {"version": case.version + 0, "do": "topic", "topic": "funeral", "kind": "consultation"}
    answer = submit(client, f"/console/triage?at={case.number}", f"/console/triage/{case.number}", given)
    assert answer.status_code == 303 and answer.headers["location"] == "/console/triage"
    assert house.case(case.number).section_code == "social_affairs"
    with house.services.core.database.read() as session:
        assert [row.label for row in session.scalars(select(Correction))] == ["topic"]
    page = client.get("/console/triage").text
    assert f"{case.number} 已交社会事务科" in page and other.number in page


def test_a_case_goes_to_a_section_by_name_or_to_a_unit_with_a_number(enter, house, write_in) -> None:
    one, two = write_in("事情一", **TRIAGE), write_in("小区停水", topic="not_ours", **TRIAGE)
    client = enter("wuyun")
    to = f"/console/triage/{one.number}"
    assert (
        submit(client, "/console/triage", to, {"version": one.version, "do": "section", "section": ""}).status_code
        == 422
    )
    assert (
        submit(
            client, "/console/triage", to, {"version": one.version, "do": "section", "section": "finance"}
        ).status_code
        == 303
    )
    given = {"version": two.version, "do": "unit", "unit": "hotline_12345", "outer_number": "HX-1"}
    assert submit(client, "/console/triage", f"/console/triage/{two.number}", given).status_code == 303
    assert (house.case(one.number).section_code, house.case(two.number).state) == ("finance", "forwarded")
    assert "没有等待分派" in client.get("/console/triage").text


def test_what_a_colleague_changed_in_between_is_told(enter, house, write_in) -> None:
    case = write_in("事情", **TRIAGE)
    client, other = enter("wuyun"), enter("suhe")
    given = {"version": case.version, "do": "topic", "topic": "funeral"}
    page = f"/console/triage?at={case.number}"
    assert submit(other, page, f"/console/triage/{case.number}", given).status_code == 303
    write_in("又一件", **TRIAGE)
    answer = submit(client, "/console/triage", f"/console/triage/{case.number}", given)
    assert answer.status_code == 409 and "苏和" in answer.text


def test_only_the_office_has_the_desk(enter) -> None:
    for login in ("zhangmin", "heli", "bate", "keeper"):
        assert enter(login).get("/console/triage").status_code == 403


def suggest(house, case, *likely: tuple[str, float]) -> None:
    """Write down what the reading would have suggested."""
    with house.services.core.database.write() as session:
        label = session.scalars(select(Label).where(Label.message_id == case.first_message_id)).one()
        label.suggested = [list(one) for one in likely]


def test_the_likeliest_topics_are_one_press_each_with_their_sections(enter, house, write_in) -> None:
    case = write_in("骨灰寄存到期了", **TRIAGE, urgent=True)
    suggest(house, case, ("funeral", 0.61), ("not_ours", 0.2), ("disaster_relief", 0.1), ("gone_since", 0.1))
    client = enter("wuyun")
    page = client.get("/console/triage").text
    form = page[page.index('class="suggested"') : page.index("</form>", page.index('class="suggested"'))]
    assert "多半是</span> 殡葬" in form and "（社会事务科）" in form and "（转送其他单位）" in form
    assert "gone_since" not in form and page.index('class="suggested"') < page.index('<select class="" id="f-topic"')
    assert 'name="urgent" value="1"' in form  # what was read as urgent stays so
    given = {"version": case.version, "do": "topic", "topic": "funeral", "kind": "consultation", "urgent": "1"}
    assert submit(client, "/console/triage", f"/console/triage/{case.number}", given).status_code == 303
    row = house.case(case.number)
    assert (row.section_code, row.topic, row.urgent, row.labels_checked) == ("social_affairs", "funeral", True, True)


def test_suggestions_stand_on_the_case_page_until_a_person_has_looked(enter, house, write_in) -> None:
    case = write_in("骨灰寄存到期了", **TRIAGE)
    suggest(house, case, ("funeral", 0.45), ("marriage", 0.2))
    client, address = enter("wuyun"), f"/console/cases/{case.number}"
    page = client.get(address).text
    assert "可能是</span> 殡葬" in page and "也可能是</span> 婚姻登记" in page
    given = {"version": case.version, "topic": "funeral"}
    assert submit(client, address, f"{address}/correct_labels", given).status_code == 303
    assert 'class="suggested' not in client.get(address).text and house.case(case.number).topic == "funeral"


def test_a_sure_or_restricted_case_suggests_nothing(enter, house, write_in) -> None:
    sure, secret = write_in("骨灰寄存到期了", needs_person=False), write_in("举报", **TRIAGE)
    for case in (sure, secret):
        suggest(house, case, ("funeral", 0.6))
    house.change(secret.number, restricted=True, restricted_to=house.officers["suhe"])
    assert 'class="suggested' not in enter("wuyun").get(f"/console/cases/{sure.number}").text
    assert 'class="suggested' not in enter("suhe").get(f"/console/cases/{secret.number}").text
