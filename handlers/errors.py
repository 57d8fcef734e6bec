"""Every exception of the house. The docstring is the message's model: what happened, what it means, what to do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class HuiyingError(Exception):
    """Base of every error we raise on purpose; its text is fit to be shown to staff."""


class NotFound(HuiyingError):
    """The thing asked for does not exist, or the asker may not know that it exists."""


class NotAllowed(HuiyingError):
    """The person may not do this; the text says who may."""


class SignInNeeded(HuiyingError):
    """Only staff who signed in may see this; sign in (again), or choose a new password first."""

    def __init__(self, message: str, *, change_password: bool = False) -> None:
        super().__init__(message)
        self.change_password = change_password


class InvalidInput(HuiyingError):
    """The input cannot be taken; nothing was changed. ``field`` names the input it is about ("" = the whole)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class UndecidedFindings(InvalidInput):
    """The reply check pointed something out that nobody decided about: change the text, or keep it with a reason."""


class Conflict(HuiyingError):
    """Somebody else changed the thing in between; look at the new state and decide again."""


class MoveNotAllowed(Conflict):
    """The case's state does not allow this move; the text names the state and the moves it allows."""


class ProfileFault(HuiyingError):
    """The organisation's profile is not usable; the text names the place in the file and the remedy."""


class SettingFault(HuiyingError):
    """A setting is missing or wrong; the text names the variable and what to put there."""


class CalendarFault(HuiyingError):
    """A working-day calendar is not usable as given (a missing day, 休 and 班 on one day)."""


class BackupFault(HuiyingError):
    """A backup could not be made, read or restored; nothing was left half done, the text says what to mend."""


class RateLimited(HuiyingError):
    """Too many tries in a short time; ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadWebhook(HuiyingError):
    """A webhook body that cannot be read; ``status`` is the HTTP status it deserves (400, 403 or 413)."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class IntakeUnavailable(HuiyingError):
    """The message could not be stored now; nothing false was promised, the sender should try again."""


class Outcome(StrEnum):
    """How a try at delivering ended when it did not succeed."""

    RETRY = "retry"
    FAILED = "failed"
    UNKNOWN = "unknown"


class DeliveryError(HuiyingError):
    """A vendor did not take a text, or nobody can say whether it did.

    ``retry_at`` (aware, optional) is the vendor's own wish; ``vendor_code`` its error code as text. ``parts_done`` of
    the text's messages were certainly sent before.
    """

    def __init__(
        self,
        message: str,
        outcome: Outcome,
        *,
        retry_at: datetime | None = None,
        vendor_code: str = "",
        parts_done: int = 0,
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.retry_at = retry_at
        self.vendor_code = vendor_code
        self.parts_done = parts_done


class ScannerAway(HuiyingError):
    """The virus scanner cannot be reached or gave no verdict; the file stays "not scanned yet" and is tried again."""


class ModelFault(HuiyingError):
    """A trained model that cannot be used; the text says why and what stays in force."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"This trained model cannot be used: {reason}. The one before stays in force; run huiying train."
        )
