"""导入: lists of 12345 and petition offices: upload, columns, preview, take in, refused rows, results back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.web.access import requires
from bot.web.console.exchange import XLSX, saved_as
from bot.web.forms import Posted, posted, whole
from bot.web.limits import limited
from bot.web.pages import done, render, services
from handlers.accounts.roles import SignedIn
from handlers.errors import Conflict, InvalidInput
from handlers.exchange.batches import (
    IMPORTERS,
    batch_of,
    batches_of,
    cells_of,
    drop,
    remap,
    rows_of,
    source_name,
    start,
    tally,
    upload,
)
from handlers.exchange.fields import FIELDS, IMPORTED, NEEDED
from handlers.exchange.results_out import refused, results
from handlers.exchange.take_in import take_in
from handlers.intake.receive import Intake
from handlers.taxonomy import SOURCES

router = APIRouter(prefix="/console/exchange/imports", include_in_schema=False, dependencies=[limited("page")])
_HERE = "/console/exchange/imports"
_STATES = {"uploaded": "待核对", "running": "正在导入", "done": "已导入"}
_SHOWN = 50
_AT_ONCE = 6  # portions taken in before the page answers; the timetable takes the rest

Me = Annotated[SignedIn, requires(*IMPORTERS)]
Form = Annotated[Posted, Depends(posted)]


@router.get("")
def imports_page(request: Request, me: Me) -> Response:
    """The lists so far, and the form for a new one."""
    return _list(request, me)


@router.post("")
def upload_list(request: Request, me: Me, form: Form) -> Response:
    """Keep the list; nothing is taken in yet."""
    house, files = services(request), form.files("file")
    try:
        if not files:
            raise InvalidInput("请选择要导入的文件。", "file")
        name, data = files[0].filename, files[0].data
        batch_id = upload(house.core, me, form.text("source"), name, data, house.now())
    except InvalidInput as fault:
        return _list(request, me, 422, {fault.field: str(fault)}, form.text("source"))
    return done(f"{_HERE}/{batch_id}")


@router.get("/{batch_id}")
def batch_page(request: Request, batch_id: int, me: Me) -> Response:
    """Columns and preview before it starts; how far it is, and what became of each row, afterwards."""
    return _show(request, me, batch_id)


@router.post("/{batch_id}/columns")
def columns(request: Request, batch_id: int, me: Me, form: Form) -> Response:
    """Read the columns as chosen, and remember it for the source."""
    house = services(request)
    places = [name.removeprefix("column-") for name in form.values() if name.startswith("column-")]
    mapping = {place: form.text(f"column-{place}") for place in places if whole(place) is not None}
    try:
        remap(house.core, me, batch_id, mapping, house.now())
    except InvalidInput as fault:
        return _show(request, me, batch_id, 422, str(fault), mapping)
    return done(f"{_HERE}/{batch_id}", "各列已按您选的重新核对，下次同一来源照此识别。")


@router.post("/{batch_id}/start")
def start_list(request: Request, batch_id: int, me: Me, form: Form) -> Response:
    """Take the fit rows in; a short list is through when the page comes back."""
    house = services(request)
    try:
        start(house.core, me, batch_id, house.now())
    except (Conflict, InvalidInput) as fault:
        return done(f"{_HERE}/{batch_id}", f"没有开始：{fault}")
    intake = Intake(house.core, house.files.keep)
    try:
        take_in(house.core, intake, house.now, _AT_ONCE)
    finally:
        intake.close()
    return done(f"{_HERE}/{batch_id}")


@router.post("/{batch_id}/drop")
def drop_list(request: Request, batch_id: int, me: Me, form: Form) -> Response:
    """Give the list up before anything was taken in."""
    drop(services(request).core, me, batch_id)
    return done(_HERE, "已放弃这份清单，什么也没有导入。")


@router.get("/{batch_id}/refused")
def refused_rows(request: Request, batch_id: int, me: Me) -> Response:
    """The refused rows as a file, with the reasons."""
    chunks = refused(services(request).core, me, batch_id)
    return StreamingResponse(chunks, media_type=XLSX, headers=saved_as("没有导入的行.xlsx"))


@router.post("/{batch_id}/results")
def results_back(request: Request, batch_id: int, me: Me, form: Form) -> Response:
    """The list in its own columns, with our answers filled in."""
    house = services(request)
    with house.core.database.read() as session:
        name = batch_of(session, me, batch_id).filename.rsplit(".", 1)[0]
    chunks = results(house.core, me, batch_id, house.now(), house.now)
    return StreamingResponse(chunks, media_type=XLSX, headers=saved_as(f"{name}-办理结果.xlsx"))


def _list(
    request: Request, me: SignedIn, status: int = 200, errors: dict[str, str] | None = None, source: str = ""
) -> Response:
    with services(request).core.database.read() as session:
        rows = [
            {
                "batch": batch,
                "source": source_name(batch),
                "state": _STATES[batch.state],
                "tally": tally(session, batch.id),
            }
            for batch in batches_of(session, me)
        ]
    sources = [("", "请选择"), *((code, SOURCES[code]) for code in IMPORTED)]
    return render(
        request, "console/imports.html", status, rows=rows, sources=sources, source=source, errors=errors or {}
    )


def _show(
    request: Request, me: SignedIn, batch_id: int, status: int = 200, error: str = "",
    mapping: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    house = services(request)
    with house.core.database.read() as session:
        batch, counts = batch_of(session, me, batch_id), tally(session, batch_id)
        shown = rows_of(session, batch_id, ("refused", "known"), _SHOWN)
        samples = [
            cells_of(house.core, row) for row in rows_of(session, batch_id, ("waiting", "refused", "known", "taken"), 3)
        ]
    chosen = dict(batch.mapping) if mapping is None else mapping
    columns: list[dict[str, Any]] = [
        {
            "place": place,
            "heading": heading,
            "field": chosen.get(str(place), ""),
            "samples": [sample[place] for sample in samples if place < len(sample) and sample[place]],
        }
        for place, heading in enumerate(batch.headers)
    ]
    return render(
        request,
        "console/import.html",
        status,
        batch=batch,
        source=source_name(batch),
        state=_STATES[batch.state],
        counts=counts,
        total=sum(counts.values()),
        rows=[(row, _what(cells_of(house.core, row), batch.mapping)) for row in shown],
        columns=columns,
        fields=[
            ("", "不导入"),
            *((field.code, field.name + ("（必需）" if field.needed else "")) for field in FIELDS.values()),
        ],
        missing=[FIELDS[code].name for code in NEEDED if code not in chosen.values()],
        error=error,
    )


def _what(cells: list[str], mapping: dict[str, str]) -> str:
    """The outer number and the first words of a row."""
    values = {code: cells[int(place)] for place, code in mapping.items() if int(place) < len(cells)}
    return " ".join(filter(None, (values.get("outer_number", ""), values.get("text", "")[:30])))
