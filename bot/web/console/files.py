"""附件 on the case page: pictures made anew for looking at, files to take away, originals on demand and recorded."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from bot.services import Services
from bot.web.access import requires
from bot.web.pages import services
from handlers.accounts.roles import CASE_READERS, SignedIn
from handlers.attachments.pictures import LARGE, PICTURES, THUMBNAIL, cleaned, preview
from handlers.attachments.store import Opened
from handlers.casework.access import see
from handlers.casework.doing import actor_of, lock
from handlers.casework.files import files_of
from handlers.casework.queues import case_id_of
from handlers.casework.reading import note_reading
from handlers.errors import InvalidInput, NotFound
from handlers.records import Attachment

router = APIRouter(prefix="/console/cases", include_in_schema=False)

#: A file from outside may do nothing at all; the browser's own PDF reader does not start in a sandbox.
_NOTHING: Final = "default-src 'none'; sandbox"
_PDF: Final = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_PLAYED: Final = "default-src 'none'; media-src 'self'; sandbox"
#: What browsers play by themselves.
PLAYABLE: Final = frozenset({"audio/mpeg", "audio/mp4", "audio/wav", "audio/ogg", "video/mp4"})


@router.get("/{number}/files/{file_id}/preview")
def case_file_preview(
    request: Request, number: str, file_id: int, me: Annotated[SignedIn, requires(*CASE_READERS)], size: str = ""
) -> Response:
    """A picture, made anew and no larger than a screen: the original's bytes never reach the browser."""
    house = services(request)
    file = _file(house, me, number, file_id)
    if file.state != "stored" or file.content_type not in PICTURES:
        raise NotFound("这个附件没有可以预览的图。")
    path = house.files.path(file.sha256)
    if not path.is_file():
        raise NotFound("附件文件不在服务器上，请联系管理员从备份中恢复。")
    try:
        data, content_type = preview(path, THUMBNAIL if size == "small" else LARGE)
    except InvalidInput as fault:
        raise NotFound(str(fault)) from fault
    return Response(
        data, media_type=content_type, headers=_headers(_NOTHING) | {"cache-control": "private, max-age=300"}
    )


@router.get("/{number}/files/{file_id}")
def case_file(
    request: Request, number: str, file_id: int, me: Annotated[SignedIn, requires(*CASE_READERS)], original: str = ""
) -> Response:
    """Hand out an attachment: pictures without place and camera, what is no picture or PDF as a download.

    ``original`` gives the bytes as they came, and is recorded: they can hold where and when a picture was taken.
    """
    house = services(request)
    file = _file(house, me, number, file_id)
    opened = house.files.open(file)
    if original:
        with house.core.database.write() as session:
            case = lock(session, see(session, me, case_id_of(session, me, number)).id)
            assert case is not None
            house.core.ledger.append(session, case.id, actor_of(me), "file_original", house.now(), {"file": file.id})
        return _handed(opened, "attachment", _NOTHING)
    if opened.content_type in PICTURES:
        return _bare(opened)
    if opened.content_type == "application/pdf":
        return _handed(opened, "inline", _PDF)
    if opened.content_type in PLAYABLE:
        return _handed(opened, "inline", _PLAYED)
    return _handed(opened, "attachment", _NOTHING)


def _bare(opened: Opened) -> Response:
    """The picture alone; one that cannot be made anew is kept for the recorded way."""
    try:
        data, content_type = cleaned(opened.path)
    except InvalidInput as fault:
        raise NotFound(str(fault)) from fault
    return Response(data, media_type=content_type, headers=_headers(_NOTHING) | {"content-disposition": "inline"})


def _handed(opened: Opened, way: str, policy: str) -> Response:
    response = FileResponse(
        opened.path, media_type=opened.content_type, filename=opened.filename, content_disposition_type=way
    )
    response.headers.update(_headers(policy))
    return response


def _headers(policy: str) -> dict[str, str]:
    return {"content-security-policy": policy, "x-content-type-options": "nosniff"}


def _file(house: Services, me: SignedIn, number: str, file_id: int) -> Attachment:
    note_reading(house.core, me, number, house.now())
    with house.core.database.read() as session:
        case = see(session, me, case_id_of(session, me, number))
        file = next((file for file in files_of(session, house.core, case, house.now()) if file.id == file_id), None)
        if file is None:
            raise NotFound("这件诉求没有这个附件。")
        session.expunge(file)
        return file
