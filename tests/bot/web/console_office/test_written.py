"""A petition's written notice is registered on the case page."""

from __future__ import annotations

from tests.bot.web.house import submit


def test_a_petition_shows_what_must_be_served_in_writing_and_takes_its_proof(enter, house, write_in) -> None:
    case = write_in("津贴没有发", kind="complaint")
    client, page = enter("heli"), f"/console/cases/{case.number}"
    assert "登记书面告知" not in client.get(page).text
    given = {"version": house.case().version, "track": "petition", "reason": "本人书面信访"}
    assert submit(client, page, f"{page}/confirm_track", given).status_code == 303
    shown = client.get(page).text
    assert 'id="f-serve_notice-rule"' in shown and '<option value="XF-01"' in shown
    given = {"version": house.case().version, "rule": "XF-01", "proof": ""}
    refused = submit(client, page, f"{page}/serve_notice", given)
    assert refused.status_code == 422 and 'href="#f-serve_notice-proof"' in refused.text
    assert submit(client, page, f"{page}/serve_notice", given | {"proof": "回证 12 号"}).status_code == 303
    assert "登记书面告知（XF-01）：回证 12 号" in client.get(page).text
