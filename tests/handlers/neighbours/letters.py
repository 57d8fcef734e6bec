"""Invented letters for the tests of likeness: one matter in many people's words, and others beside it."""

from __future__ import annotations

#: Five people about one shop opposite a cemetery; each is similar to at least one other.
SMOKE = (
    "青松陵园对面新开的祭品店天天烧纸钱，烟灰飘得满院子都是，窗户不敢开，请民政局管一管。",
    "我们住在青松陵园对面，那家祭品店从早到晚烧纸钱，烟灰飘进屋里，老人咳嗽得厉害，盼有人管。",
    "反映一下，青松陵园对面祭品店烧纸钱没人管，烟灰飘得到处都是，晾的被子全黑了。",
    "青松陵园对面那家祭品店烧纸钱，烟灰飘到学校操场，孩子们上体育课直捂鼻子，窗户不敢开。",
    "请问青松陵园对面的祭品店有没有手续？天天烧纸钱，烟灰飘得满院子都是，已经半个月了。",
)
CANTEEN = "锦绣社区的老年食堂说好腊月开门，到现在铁门还锁着，里面连灶都没有装，八十岁的老人天天跑来看。"
ADOPTION = "去年交的收养登记材料，补了两次证明，窗口又说档案没有转过来，想问一下要等到什么时候。"
