"""Masking: what tells people apart but not matters (names, numbers, letters) is made alike before comparing."""

from __future__ import annotations

import re
from typing import Final

from handlers.understanding.normalise import read

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_TITLES: Final = (
    "女士|先生|小姐|阿姨|叔叔|大爷|大妈|大娘|师傅|老师|主任|书记|局长|科长|所长|院长|经理|医生|护士|同志|会长|村长"
)
#: A name after the words that announce one, and a surname before a title.
_NAMED: Final = re.compile(
    rf"(?P<said>我叫|名叫|叫做|姓名[:是为]?|联系人[:是为]?|我的名字[是叫]|申请人[:是]?|投诉人[:是]?)\s*[{_SURNAMES}][一-龥]{{1,2}}(?![一-龥]{{0,1}}[局科院站])"
    rf"|[{_SURNAMES}][一-龥某]{{0,2}}(?={_TITLES})|[{_SURNAMES}]某{{1,2}}"
)
_FIGURES: Final = re.compile(r"[0-9零〇一二三四五六七八九十百千万亿两]+")
_LATIN: Final = re.compile(r"[a-z]+")
_STOPS: Final = re.compile(r"[\W_]+")


def masked(text: str) -> str:
    """Return a text in its comparable form: figures are ``0``, Latin runs ``a``, stops ``,``, people's names ``,``."""
    plain = _NAMED.sub(lambda name: f"{name['said'] or ''},", read(text).text)
    return _STOPS.sub(",", _LATIN.sub("a", _FIGURES.sub("0", plain)))
