"""Who calls: API keys looked up for :class:`bot.services.Services`, and what every endpoint asks of a caller."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Depends, Security
from fastapi.security import HTTPBearer
from starlette.requests import Request

from bot.services import ApiCaller
from handlers.accounts.api_keys import find_holder
from handlers.records.database import Database


def api_callers(database: Database) -> Callable[[str], ApiCaller | None]:
    """Return the look-up of keys that the wiring gives to ``Services.api_caller``."""

    def caller(key: str) -> ApiCaller | None:
        with database.read() as session:
            holder = find_holder(session, key)
        return ApiCaller(holder.source, holder.name, holder.account) if holder else None

    return caller


def _spend(request: Request) -> None:
    caller: ApiCaller | None = getattr(request.state, "api_caller", None)
    if caller is not None:
        request.app.state.limiter.take("api", f"key:{caller.account}")


#: Dependency, after ``api_key()``: one token of the key's own bucket, whatever address it calls from.
spent = Depends(_spend)

#: Says in the description that a key is needed; the check itself is ``api_key()``.
described = Security(HTTPBearer(auto_error=False, scheme_name="key", description="办公室发给来件平台的接口密钥"))
