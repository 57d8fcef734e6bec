"""The citizens whom a visitor can be: all invented, each with a few words to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Persona:
    """``code`` stands in the address, ``openid`` is who they are to the account, ``hue`` (1–6) colours the picture."""

    code: str
    name: str
    about: str
    openid: str
    hue: int
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place to send; degrees as the platform writes them."""

    label: str
    latitude: str
    longitude: str


PERSONAS: Final = (
    Persona(
        "wang", "王秀英", "82 岁，玉泉区，子女常年在外", "oDemoHuiyingCitizenWang00001", 1,
        ("您好，我今年82了，高龄津贴从哪儿领？", "街道说要办老年证，我腿脚不好，能上门办吗？"),
    ),
    Persona(
        "bateer", "巴特尔", "45 岁，新城区，因病停工", "oDemoHuiyingCitizenBate00002", 2,
        ("我做完手术不能上班，家里三口人没有收入，能申请低保吗？", "低保材料交上去两个月了，一直没有人回话。"),
    ),
    Persona(
        "li", "李婷", "29 岁，赛罕区，准备结婚", "oDemoHuiyingCitizenLiti00003", 3,
        ("下个月8号想登记结婚，可以提前预约吗？户口本在老家。", "登记处的小姑娘特别耐心，谢谢你们！"),
    ),
    Persona(
        "zhang", "张建国", "58 岁，回民区，替母亲来问", "oDemoHuiyingCitizenZhan00004", 4,
        ("替我母亲问一下：养老院的床位补贴怎么申请？", "养老院一个月涨了八百块，也没有提前说，这合理吗？"),
    ),
    Persona(
        "qiqige", "其其格", "34 岁，土默特左旗，邻居家有事", "oDemoHuiyingCitizenQiqi00005", 5,
        ("隔壁孩子父母都不在身边，一个人在家两天没吃饭了，怎么办？", "我们嘎查的孤儿补助今年还发吗？"),
    ),
    Persona(
        "chen", "陈先生", "不愿留名的来信人", "oDemoHuiyingCitizenChen00006", 6,
        ("我要举报：有人冒领低保，我有转账记录。", "请问你们怎么保护举报人？"),
    ),
)  # fmt: skip

PLACES: Final = (
    Place("呼和浩特市新城区新华广场", "40.8106", "111.6585"),
    Place("呼和浩特市玉泉区大召前街", "40.8003", "111.6497"),
    Place("呼和浩特市赛罕区内蒙古博物院", "40.8353", "111.7047"),
    Place("呼和浩特市新城区呼和浩特东站", "40.8517", "111.7586"),
    Place("托克托县城东胜大街", "40.2772", "111.1940"),
)
