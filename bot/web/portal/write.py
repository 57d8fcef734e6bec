"""我要留言: the form, a look over it, sending, the confirmation with number and query code."""

from __future__ import annotations

import io
from typing import Annotated, Any, Final

import segno
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web_form import LONGEST
from bot.services import Services
from bot.web import client
from bot.web.access import public
from bot.web.forms import Posted, posted
from bot.web.limits import limited
from bot.web.pages import done, render, services
from bot.web.portal import receipts
from bot.web.portal.draft import Draft, districts
from bot.web.portal.uploads import ACCEPT, Waiting, WaitingFiles
from bot.web.received import received
from handlers.casework.citizen import find_by_code, progress_view
from handlers.errors import IntakeUnavailable, InvalidInput, NotFound, RateLimited

router = APIRouter(include_in_schema=False)

#: The form may be restored by the browser when a person goes back; everything else is never kept.
_RESTORABLE: Final = {"cache-control": "private, no-cache"}


@router.get("/write", dependencies=[public()])
def show_form(request: Request) -> Response:
    """The empty form."""
    response = _form(request, Draft.fresh(), [], {})
    response.headers.update(_RESTORABLE)
    return response


@router.post("/write", dependencies=[public(), limited("page")])
def take_form(request: Request, form: Annotated[Posted, Depends(posted)]) -> Response:
    """One of the form's steps: ``check`` (look it over), ``edit`` (back to the form), ``send``."""
    house = services(request)
    draft = Draft.read(form)
    files, file_fault = WaitingFiles.of(house).gather(form, house.now())
    if form.text("step") == "edit":
        return _form(request, draft, files, {"files": file_fault} if file_fault else {})
    faults = draft.faults(house.profile()) | ({"files": file_fault} if file_fault else {})
    if faults:
        return _form(request, draft, files, faults, 422)
    if form.text("step") != "send":
        return _look_over(request, draft, files)
    return _send(request, house, draft, files)


@router.get("/write/done", dependencies=[public()])
def confirm(request: Request) -> Response:
    """Number and query code, large; what happens next and by when."""
    house = services(request)
    shown = receipts.read(house, request)
    if shown is None:
        return done("/progress", "留言回执只在提交后半小时内显示。请用编号和查询码查进度。")
    with house.core.database.read() as session:
        try:
            case_id = find_by_code(session, house.core, shown.number, shown.query_code)
            view = progress_view(session, house.core, case_id, house.now())
        except NotFound:
            view = None
    return render(request, "portal/done.html", shown=shown, view=view)


@router.post("/write/forget", dependencies=[public()])
def forget(request: Request) -> Response:
    """Take the receipt off a telephone or computer that others use too."""
    response = done("/", "编号和查询码已从这台设备上清除。")
    response.delete_cookie(receipts.COOKIE, path=receipts.PATH)
    return response


@router.get("/write/receipt.txt", dependencies=[public()])
def save_receipt(request: Request) -> Response:
    """The receipt as a file to keep."""
    house = services(request)
    shown = receipts.read(house, request)
    if shown is None:
        return RedirectResponse("/progress", 303)
    lines = [house.profile().name, f"受理编号：{shown.number}", f"查询码：{shown.query_code}", "", shown.text, ""]
    lines.append(f"查询进度：{house.settings.base_url}/progress")
    headers = {"content-disposition": f'attachment; filename="receipt-{shown.number}.txt"'}
    return Response("\r\n".join(lines).encode("utf-8-sig"), media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/write/qr.svg", dependencies=[public()])
def qr(request: Request) -> Response:
    """A QR code that opens the progress page on another device.

    The query code stands behind ``#``, which browsers do not send: it gets into no log.
    """
    house = services(request)
    shown = receipts.read(house, request)
    if shown is None:
        raise NotFound("二维码只在提交后半小时内显示。")
    address = f"{house.settings.base_url}/progress?number={shown.number}#{shown.query_code}"
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def _send(request: Request, house: Services, draft: Draft, files: list[Waiting]) -> Response:
    waiting = WaitingFiles.of(house)
    try:
        request.app.state.limiter.take("write", client.address(request, house.settings.trusted_proxies))
        message = draft.message(waiting.media(files), house.now())
        receipt = received(house, message)
    except RateLimited as fault:
        page = _look_over(request, draft, files, f"{fault}您写的内容都在，稍后再按“提交”。", 429)
        page.headers["retry-after"] = str(fault.retry_after)
        return page
    except IntakeUnavailable:
        text = "系统暂时没能保存，您写的内容都在下面。请过一会儿再按“提交”，或直接打电话给我们。"
        return _look_over(request, draft, files, text, 503)
    except InvalidInput as fault:
        return _form(request, draft, files, {fault.field or "files": str(fault)}, 422)
    waiting.forget(file.token for file in files)
    response = done("/write/done")
    receipts.keep(house, response, receipt.number, receipt.query_code, message.external_id)
    return response


def _form(request: Request, draft: Draft, files: list[Waiting], faults: dict[str, str], status: int = 200) -> Response:
    house = services(request)
    return render(
        request,
        "portal/write.html",
        status,
        draft=draft,
        waiting=files,
        errors=faults,
        longest=LONGEST,
        districts=[("", "不清楚"), *((name, name) for name in districts(house.profile()))],
        accept=ACCEPT,
        most_files=house.settings.attachments_each,
        file_mib=house.settings.attachment_mib,
        total_mib=house.settings.upload_mib,
    )


def _look_over(request: Request, draft: Draft, files: list[Waiting], trouble: str = "", status: int = 200) -> Response:
    values: dict[str, Any] = {"draft": draft, "waiting": files, "trouble": trouble}
    return render(request, "portal/check.html", status, **values)
