"""The demo's staff: who signs in, in which role and section of the ``hohhot-2018`` profile. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoOfficer:
    """One person who can sign in. ``role`` is officer, head, office, leader, auditor or admin."""

    sign_in: str
    name: str
    role: str
    section: str
    receives_reports: bool = False


OFFICERS: Final[tuple[DemoOfficer, ...]] = (
    DemoOfficer("zhangmin", "张敏", "officer", "welfare"),
    DemoOfficer("hexiaoyan", "何晓燕", "officer", "welfare"),
    DemoOfficer("liuzhiqiang", "刘志强", "head", "welfare"),
    DemoOfficer("wangli", "王丽", "officer", "social_relief_office"),
    DemoOfficer("chenjianguo", "陈建国", "head", "social_relief_office"),
    DemoOfficer("boyinna", "博音娜", "officer", "organisations"),
    DemoOfficer("tianfeng", "田峰", "head", "organisations"),
    DemoOfficer("sunmei", "孙梅", "officer", "social_affairs"),
    DemoOfficer("zhaoyong", "赵勇", "head", "social_affairs"),
    DemoOfficer("qimuge", "其木格", "officer", "place_names"),
    DemoOfficer("wulan", "乌兰", "head", "place_names"),
    DemoOfficer("narisu", "那日苏", "officer", "grassroots"),
    DemoOfficer("gaoyuan", "高原", "head", "grassroots"),
    DemoOfficer("aoqier", "敖其尔", "officer", "veterans"),
    DemoOfficer("luojun", "罗军", "head", "veterans"),
    DemoOfficer("fanwei", "范伟", "officer", "disaster_relief"),
    DemoOfficer("batu", "巴图", "head", "disaster_relief"),
    DemoOfficer("yangfan", "杨帆", "officer", "finance"),
    DemoOfficer("jinhua", "金华", "head", "finance"),
    DemoOfficer("linlan", "林岚", "officer", "law_policy"),
    DemoOfficer("saihan", "赛罕", "head", "law_policy"),
    DemoOfficer("liufang", "刘芳", "office", "general_office"),
    DemoOfficer("suhe", "苏和", "office", "general_office", receives_reports=True),
    DemoOfficer("wuyun", "乌云", "leader", "general_office"),
    DemoOfficer("shenji", "沈洁", "auditor", "general_office"),
    DemoOfficer("guanli", "关丽", "admin", "general_office"),
)
