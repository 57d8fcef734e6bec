"""The web pages and the REST interface.

How to add a page
-----------------
1. Write ``router = APIRouter(prefix="/console/…")`` (fastapi) in a file of its own room and list the router in
   ``ROUTERS`` of :mod:`bot.web.app`. Nothing is registered by import.
2. Every route says who may use it, by a dependency from :mod:`bot.web.access` (a structure test walks all routes)::

       @router.get("/queue")
       def queue(request: Request, me: Annotated[SignedIn, requires(Role.OFFICER, Role.HEAD)]) -> Response:
           return render(request, "console/queue.html", rows=rows)

       @router.post("/write", dependencies=[public(), limited("write")])
       def write(request: Request, form: Annotated[Posted, Depends(posted)]) -> Response: ...

   ``public()``, ``requires(*roles)``, ``api_key()``, ``demo_only()``. All but ``api_key`` check the CSRF token of
   every unsafe method by themselves; a form only needs ``{{ csrf_field() }}``.
3. Forms: ``Posted`` (:mod:`bot.web.forms`) gives ``form.text("name")``, ``form.flag("name")``, ``form.many("name")``,
   ``form.files("name")``. Handlers are plain ``def`` (they run in a thread; the database is synchronous).
4. ``services(request)`` gives the :class:`bot.services.Services`; take ``now`` from ``services(request).now()``.
5. Errors: raise :class:`handlers.errors.HuiyingError`; :mod:`bot.web.errors` turns it into a page or JSON. For a form,
   catch ``InvalidInput`` and render the form again with ``errors={"field": "text"}`` and status 422.
6. After a successful POST: ``return done("/console/cases/1", "已签收。")`` (303 and a notice on the next page).
7. Templates extend ``base_portal.html`` or ``base_console.html`` and import ``macros/ui.html``. No inline script, no
   inline style, no file from another host; use the tokens of ``static/app.css``.
"""
