"""The slip for a unit: what it needs, and of a confidential writer nothing more."""

from __future__ import annotations

from handlers.casework.claim import claim
from handlers.casework.units import assign_down
from handlers.records import CaseContact


def _refer(house, staff, case) -> int:
    core = house.services.core
    with core.database.write() as session:
        session.add(
            CaseContact(case_id=case.id, role="writer", name=core.vault.seal("王芳"), phone=core.vault.seal("123"))
        )
        taken = claim(session, core, staff("zhangmin"), case.id, case.version, house.clock())
        referral = assign_down(
            session, core, staff("zhangmin"), case.id, taken.version, unit="tuoketuo", demand="请核实发放情况",
            now=house.clock(),
        )  # fmt: skip
        return referral.id


def test_a_slip_carries_demand_date_words_and_contact(enter, house, staff, write_in) -> None:
    case = write_in("津贴没到账")
    page = enter("zhangmin").get(f"/console/slips/{_refer(house, staff, case)}").text
    for part in ("托克托县民政局", "请核实发放情况", "津贴没到账", "王芳", case.number, "回复期限"):
        assert part in page


def test_a_confidential_writer_stays_unnamed_and_another_section_sees_no_slip(enter, house, staff, write_in) -> None:
    case = write_in("津贴没到账", confidential=True)
    ident = _refer(house, staff, house.case(case.number))
    assert "王芳" not in enter("zhangmin").get(f"/console/slips/{ident}").text
    assert enter("baiyun").get(f"/console/slips/{ident}").status_code == 404
