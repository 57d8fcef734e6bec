"""THE table of how a call to the platform can end: what each end means for a text, and what staff can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from handlers.errors import DeliveryError, Outcome


class Remedy(StrEnum):
    """What to do about a refusal."""

    RETRY = "retry"  # later, of itself
    NEXT_DAY = "next_day"  # after midnight in China, when the quotas begin anew
    FIX = "fix"  # an administrator must change something; tried again later
    REFRESH = "refresh"  # with a fresh access token, at once; refused again, like FIX
    WINDOW = "window"  # not until the citizen writes again: another way must be found
    FAILED = "failed"  # never
    UNKNOWN = "unknown"  # nobody can say whether it was sent: a person decides


#: The outcome of each remedy for the outbox.
OUTCOMES: Final[dict[Remedy, Outcome]] = {
    Remedy.RETRY: Outcome.RETRY,
    Remedy.NEXT_DAY: Outcome.RETRY,
    Remedy.FIX: Outcome.RETRY,
    Remedy.REFRESH: Outcome.RETRY,
    Remedy.WINDOW: Outcome.FAILED,
    Remedy.FAILED: Outcome.FAILED,
    Remedy.UNKNOWN: Outcome.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Code:
    """One end of a call: the remedy, and the explanation that staff read."""

    remedy: Remedy
    text: str

    @property
    def outcome(self) -> Outcome:
        """What it is for the outbox: retry, failed or unknown."""
        return OUTCOMES[self.remedy]


BUSY: Final = 60  # seconds until a busy or rate-limited platform is asked again
FIX_WAIT: Final = 600  # seconds until a fault that an administrator must mend is tried again

# From the platform's 全局返回码 and 发送客服消息, 模板消息, 订阅通知 pages. 45047 is not in every edition.
CODES: Final[dict[int, Code]] = {
    -1: Code(Remedy.RETRY, "微信系统繁忙，稍后自动重试"),
    40001: Code(Remedy.REFRESH, "access_token 无效或 AppSecret 有误，请核对 AppSecret"),
    40014: Code(Remedy.REFRESH, "access_token 不合法"),
    41001: Code(Remedy.REFRESH, "缺少 access_token"),
    42001: Code(Remedy.REFRESH, "access_token 已过期"),
    42007: Code(Remedy.REFRESH, "access_token 因改密失效"),
    40002: Code(Remedy.FIX, "凭证类型不合法，请核对 AppID 与 AppSecret"),
    40003: Code(Remedy.FAILED, "OpenID 无效：此人不属于本公众号，请改用其他方式联系"),
    40007: Code(Remedy.FAILED, "媒体文件无效或已过三天有效期，无法再下载"),
    40008: Code(Remedy.FAILED, "消息类型不合法"),
    40013: Code(Remedy.FIX, "AppID 不合法，请核对设置 HUIYING_WECHAT_APP_ID"),
    40037: Code(Remedy.FAILED, "模板 ID 不属于本公众号，请核对机构档案里的模板"),
    40125: Code(Remedy.FIX, "AppSecret 不合法，请核对设置 HUIYING_WECHAT_APP_SECRET"),
    40164: Code(Remedy.FIX, "服务器 IP 不在公众号白名单，请在公众平台“基本配置”中添加"),
    40243: Code(Remedy.FIX, "AppSecret 已被冻结，请在公众平台解冻"),
    41004: Code(Remedy.FIX, "缺少 AppSecret，请填写设置 HUIYING_WECHAT_APP_SECRET"),
    43004: Code(Remedy.FAILED, "对方已取消关注，无法送达，请改用其他方式联系"),
    43019: Code(Remedy.FAILED, "对方已被移入黑名单，无法送达"),
    43101: Code(Remedy.FAILED, "对方没有订阅这类通知"),
    44004: Code(Remedy.FAILED, "文本内容为空"),
    45002: Code(Remedy.FAILED, "文本超过平台长度上限"),
    45009: Code(Remedy.NEXT_DAY, "接口当日调用次数已用完，次日零点后重试"),
    45011: Code(Remedy.RETRY, "调用过于频繁，稍后自动重试"),
    45015: Code(Remedy.WINDOW, "对方超过 48 小时未互动，平台不允许再发，请改用其他方式联系"),
    45047: Code(Remedy.WINDOW, "对方上次来信后的 5 条客服消息已用完，须待其再次来信或改用其他方式"),
    45072: Code(Remedy.FAILED, "客服输入状态的命令不合法"),
    47001: Code(Remedy.FAILED, "数据格式不对"),
    47003: Code(Remedy.FAILED, "模板的字段与内容不符，请核对机构档案里的模板字段"),
    48001: Code(Remedy.FAILED, "公众号没有这项接口权限（需认证的服务号），请改用其他方式联系"),
    48002: Code(Remedy.FAILED, "对方关闭了接收消息，请改用其他方式联系"),
    48004: Code(Remedy.FIX, "接口被封禁，请登录公众平台查看原因"),
    50001: Code(Remedy.FAILED, "公众号未获该接口授权"),
    50002: Code(Remedy.FAILED, "账号或用户受限，请登录公众平台查看原因"),
    61024: Code(Remedy.FIX, "获取凭证的途径不对，请核对公众号是否由第三方平台托管"),
    89501: Code(Remedy.FIX, "此 IP 正等待管理员在公众平台确认"),
    89503: Code(Remedy.FIX, "此 IP 调用需管理员在公众平台确认"),
    89506: Code(Remedy.NEXT_DAY, "24 小时内该 IP 被管理员拒绝两次，次日再试"),
    89507: Code(Remedy.FIX, "1 小时内该 IP 被管理员拒绝，请管理员在公众平台确认"),
}
#: A code that is not listed is a refusal all the same: nothing was sent.
UNLISTED: Final = Code(Remedy.RETRY, "平台拒绝，原因不在已知列表，请查公众平台的返回码说明")

#: The ends of a call that carry no code of the platform.
NOT_REACHED: Final = Code(Remedy.RETRY, "连不上微信服务器，未发出，稍后自动重试")
NO_ANSWER: Final = Code(Remedy.UNKNOWN, "发出后没有收到微信的回答，是否送达不能确定，请人工核实")
UNREADABLE: Final = Code(Remedy.UNKNOWN, "微信的回答无法读懂，是否送达不能确定，请人工核实")
#: Refused by the front or by something that is not the platform at all (a portal, a wrong address).
HTTP_REFUSED: Final = Code(Remedy.RETRY, "微信接口回应 HTTP {status}，未接受，稍后自动重试")
#: A gateway's 500, 502 or 504 says nothing about what the servers behind it did.
HTTP_BROKEN: Final = Code(Remedy.UNKNOWN, "微信接口回应 HTTP {status}，是否送达不能确定，请人工核实")


def explain(code: int) -> Code:
    """Return what ``code`` means."""
    return CODES.get(code, UNLISTED)


def explain_http(status: int) -> Code:
    """Return what an HTTP status other than 200 means."""
    return HTTP_REFUSED if status in (429, 503) or 300 <= status < 500 else HTTP_BROKEN


def refusal(code: int, now: datetime) -> DeliveryError:
    """Return the error for a refusal with ``code`` (nothing was sent)."""
    known = explain(code)
    return DeliveryError(
        f"微信未接受（{code}）：{known.text}。",
        known.outcome,
        retry_at=_retry_at(known.remedy, now),
        vendor_code=str(code),
    )


def broken(end: Code, status: int = 0) -> DeliveryError:
    """Return the error for a call that ended without a code of the platform."""
    text = f"{end.text.format(status=status)}。"
    return DeliveryError(text, end.outcome, vendor_code=f"http {status}" if status else "")


def _retry_at(remedy: Remedy, now: datetime) -> datetime | None:
    match remedy:
        case Remedy.RETRY:
            return now + timedelta(seconds=BUSY)
        case Remedy.FIX | Remedy.REFRESH:
            return now + timedelta(seconds=FIX_WAIT)
        case Remedy.NEXT_DAY:
            local = now.astimezone(ZoneInfo("Asia/Shanghai"))
            midnight = local.replace(hour=0, minute=5, second=0, microsecond=0) + timedelta(days=1)
            return midnight.astimezone(now.tzinfo)
    return None
