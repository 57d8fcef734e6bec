"""The guide beside a receipt: both in one message, or no guide; and how that will read, for whoever approves it."""

from __future__ import annotations

from typing import Final

from handlers.guides.guide import Guide
from handlers.guides.short import desk_of, short_form
from handlers.organisation.profile import Profile
from handlers.organisation.wording import render
from handlers.taxonomy import TOPICS

#: Bytes of UTF-8: what WeChat takes as one passive reply; a receipt that is cut is no receipt.
ONE_MESSAGE: Final = 2048
_SPARE: Final = 16


def guide_link(base_url: str, code: str) -> str:
    """The address of a guide's page on the portal ("" where the portal has no address)."""
    return f"{base_url}/guides/{code}" if base_url else ""


def guide_note(guide: Guide, profile: Profile, receipt: str, reply: str, base_url: str) -> str:
    """Return what goes into ``receipt`` before its signature, in the room that is left, or "" when there is too little.

    ``reply`` says how the citizen tells us whether it helped.
    """
    around = render(profile, "guide_sent", guide="", reply=reply)
    room = ONE_MESSAGE - len(f"{receipt}{around}\n".encode()) - _SPARE
    text = short_form(guide, profile, guide_link(base_url, guide.code), room)
    return render(profile, "guide_sent", guide=text, reply=reply) if text else ""


def specimen(guide: Guide, profile: Profile, base_url: str) -> str:
    """Return a whole receipt with the guide as WeChat shows it at a first contact; number and date are made up."""
    fields = {
        "number": "20261123-0007", "query_code": "K7MR-2QXT", "understood": f"{TOPICS[guide.topic]}（咨询）",
        "section": desk_of(guide, profile).section, "latest": "11月25日（周三）下班前", "rule": "",
        "look_up": render(profile, "look_up_here"),
    }  # fmt: skip
    privacy = render(profile, "privacy_notice", link=f"{base_url}/privacy")
    bare = render(profile, "receipt_clear", note=privacy, **fields)
    note = guide_note(guide, profile, bare, render(profile, "guide_reply_here"), base_url)
    return render(profile, "receipt_clear", note=f"{note}\n{privacy}", **fields) if note else ""
