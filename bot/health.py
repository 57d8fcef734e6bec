"""Everything `huiying check` looks at: each finding says what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.commands.organising import profile_problems
from bot.readiness import ready_checks
from bot.wiring import House
from handlers.deadlines.calendar_store import missing_year
from handlers.records import Case, Delivery, Message, NumberSeries, Officer

Level = Literal["fine", "advice", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    level: Level
    subject: str
    text: str


def examine(house: House, now: datetime) -> list[Finding]:
    """Look at everything; a database that does not answer ends the list early."""
    findings = [_ready(name, check()) for name, check in ready_checks(house).items()]
    if any(f.level == "wrong" and f.subject in ("数据库", "表结构") for f in findings):
        return findings
    try:
        findings += [*_organisation(house), *_calendar(house, now), *_channels(house), *_settings(house)]
        with house.core.database.read() as session:
            findings += [*_numbers(session), *_waiting(session), *_staff(session)]
    except SQLAlchemyError as fault:
        findings.append(Finding("wrong", "数据库", f"读取时出错（{type(fault).__name__}）"))
    return findings


_NAMES = {"database": "数据库", "schema": "表结构", "scheduler": "定时任务"}


def _ready(name: str, problem: str | None) -> Finding:
    return Finding("wrong", _NAMES[name], problem) if problem else Finding("fine", _NAMES[name], "正常")


def _organisation(house: House) -> Iterator[Finding]:
    problems = profile_problems(house.core.profile(), house.core.database)
    yield from (Finding("advice", "组织机构", problem) for problem in problems)
    if not problems:
        yield Finding("fine", "组织机构", house.core.profile().name)


def _calendar(house: House, now: datetime) -> Iterator[Finding]:
    year = missing_year(house.core.calendar(), now)
    if year is None:
        yield Finding("fine", "工作日历", "本年度已载入")
    else:
        text = f"{year} 年的放假通知还没有载入：跨年的期限按周末和法定节日推算，标为“暂定”；通知发布后请更新程序包"
        yield Finding("advice", "工作日历", text)


def _channels(house: House) -> Iterator[Finding]:
    for channel in house.doors.citizens:
        push = "可主动发送" if channel.capabilities.can_push else "不能主动发送，答复只能由群众查询"
        yield Finding("fine", f"渠道 {channel.code}", push)
        if channel.code == "telegram":
            text = "服务器在境外：不收附件和身份证号（个人信息保护法第三十六条），请确认本单位允许使用"
            yield Finding("advice", "渠道 telegram", text)
    if not house.doors.citizens:
        yield Finding("advice", "渠道", "没有开通微信或 Telegram：只有网页、接口和登记可用（见 .env.example）")
    if not house.doors.staff:
        text = "没有开通企业微信或 Telegram：紧急留言只显示在看板上，给群众的回执不会说已通知任何人"
        yield Finding("wrong", "紧急提醒", text)
    elif not house.core.duty_reachable():
        text = "值班表上没有人填了接收提醒的账号：请在“管理 → 人员”里填写"
        yield Finding("wrong", "紧急提醒", text)


def _settings(house: House) -> Iterator[Finding]:
    settings = house.settings
    if not settings.https and not settings.demo:
        yield Finding("wrong", "公开网址", "HUIYING_BASE_URL 不是 https：群众的留言会明文经过网络")
    if house.core.database.is_sqlite and not settings.demo:
        yield Finding("advice", "数据库", "使用内置 SQLite：适合单机；多台机器请用 PostgreSQL（DATABASE_URL）")


def _numbers(session: Session) -> Iterator[Finding]:
    """Every number that was given out has its case; a gap means that somebody took a row out."""
    gaps = []
    for day, last in session.execute(select(NumberSeries.day, NumberSeries.last).order_by(NumberSeries.day)):
        prefix = f"{day:%Y%m%d}-"
        there = session.scalar(select(func.count()).where(Case.number.startswith(prefix))) or 0
        if there != last:
            gaps.append(f"{prefix}：发出 {last} 个编号，现有 {there} 件")
    if gaps:
        text = f"编号有缺口：{'；'.join(gaps[:5])}。编号和诉求件在同一事务里产生，缺口说明有行被直接删除，请核对备份"
        yield Finding("wrong", "编号", text)
    else:
        yield Finding("fine", "编号", "没有缺口")


def _waiting(session: Session) -> Iterator[Finding]:
    parked = session.scalar(select(func.count()).where(Message.state == "parked")) or 0
    unsettled = session.scalar(select(func.count()).where(Delivery.state.in_(("failed", "unknown")))) or 0
    if parked:
        yield Finding("advice", "留言", f"{parked} 条处理出错，正在重试：请看办公室看板")
    if unsettled:
        yield Finding("advice", "送达", f"{unsettled} 条未送达或不明：请在办公室看板上决定")
    if not parked and not unsettled:
        yield Finding("fine", "留言和送达", "没有积压")


def _staff(session: Session) -> Iterator[Finding]:
    counted = select(Officer.role, func.count()).where(Officer.disabled.is_(False)).group_by(Officer.role)
    roles = {row[0]: row[1] for row in session.execute(counted)}
    for role, name in (("admin", "管理员"), ("office", "办公室人员")):
        if not roles.get(role):
            yield Finding("wrong", "人员", f"没有{name}：请用 huiying officer add 添加")
