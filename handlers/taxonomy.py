"""The label codes and their Chinese names: part of the product's interface (database, command line, API, files)."""

from __future__ import annotations

from typing import Final

KINDS: Final[dict[str, str]] = {
    "consultation": "咨询",
    "help": "求助",
    "complaint": "投诉",
    "report": "举报",
    "suggestion": "建议",
    "praise": "表扬",
    "other": "其他",
}

TOPICS: Final[dict[str, str]] = {
    "social_assistance": "社会救助",
    "disaster_relief": "救灾",
    "elderly_care": "养老",
    "disability": "残疾人福利",
    "child_welfare": "儿童福利",
    "charity": "慈善、福彩",
    "social_organisations": "社会组织",
    "funeral": "殡葬",
    "marriage": "婚姻登记",
    "homeless_aid": "流浪乞讨救助",
    "place_names": "区划地名",
    "grassroots": "基层政权与社区",
    "veterans": "优抚安置",
    "law_policy": "政策法规",
    "finance": "财务与统计",
    "openness": "政务公开与信访答复",
    "not_ours": "非本局职责",
}

SENTIMENTS: Final[dict[str, str]] = {"negative": "负面", "neutral": "中性", "positive": "正面"}

#: How urgent: somebody is called at once, or somebody looks the same day.
GRADES: Final[dict[str, str]] = {"now": "紧急", "today": "当日过问"}

#: What a message is read for (标签), and the names of each label's codes.
LABEL_NAMES: Final[dict[str, str]] = {
    "kind": "诉求类型",
    "topic": "业务类别",
    "topic_2": "第二类别",
    "sentiment": "情感",
    "urgent": "紧急",
}
LABEL_CODES: Final[dict[str, dict[str, str]]] = {
    "kind": KINDS, "topic": TOPICS, "topic_2": TOPICS, "sentiment": SENTIMENTS,
    "urgent": {"0": "不紧急", "1": "紧急"},
    "now": {"0": "不马上叫人", "1": "马上叫人"},
    "grade": {"": "不紧急", **GRADES},
}  # fmt: skip
#: What staff set right: the labels, and of urgent the grade alone.
CORRECTED_NAMES: Final[dict[str, str]] = {**LABEL_NAMES, "grade": "紧急程度"}
#: What a model is measured on: the labels, and of urgent the grade that calls.
MEASURED_NAMES: Final[dict[str, str]] = {**LABEL_NAMES, "now": "紧急里马上叫人的"}

SOURCES: Final[dict[str, str]] = {
    "wechat": "微信公众号",
    "telegram": "Telegram",
    "web": "网页留言",
    "rest": "接口",
    "phone": "来电",
    "letter": "来信",
    "visit": "来访",
    "director_mailbox": "局长信箱",
    "weibo": "微博",
    "hotline_12345": "12345 热线",
    "petition_system": "信访系统",
}

TRACKS: Final[dict[str, str]] = {
    "general": "一般诉求",
    "petition": "信访",
    "information_request": "依申请公开",
    "proposal": "建议提案",
    "website_correction": "网站纠错",
    "opinion": "舆情",
}

#: How a track began, where that decides its limits; the first is the usual one.
TRACK_FORMS: Final[dict[str, dict[str, str]]] = {
    "petition": {
        "received": "直接收到",
        "transferred": "信访部门或上级机关转送、交办",
        "simple": "直接收到，适用简易办理（初次信访）",
    },
    "information_request": {"online": "网上、聊天或传真提出", "written": "当面或邮寄提出"},
    "proposal": {
        "congress": "人大代表建议",
        "congress_hard": "人大代表建议（涉及面广、办理难度大）",
        "cppcc": "政协提案",
    },
    "opinion": {"grave": "涉重大突发事件", "other": "其他政务舆情"},
}

#: What a petition is after (信访目的).
PETITION_PURPOSES: Final[dict[str, str]] = {"suggestion": "建议意见", "accusation": "检举控告", "appeal": "申诉求决"}

RESULTS: Final[dict[str, str]] = {
    "solved": "解决",
    "partly_solved": "部分解决",
    "policy_explained": "政策解释",
    "not_supported": "不支持",
    "forwarded": "转送",
    "duplicate": "重复",
    "unreachable": "联系不上",
    "withdrawn": "撤回",
}

#: How a citizen wishes to be answered.
WISHED_ANSWERS: Final[dict[str, str]] = {
    "online": "网上查看",
    "phone": "电话",
    "visit": "当面",
    "post": "邮寄",
    "platform": "原平台",
    "none": "不需要答复",
}

RATINGS: Final[dict[str, str]] = {"satisfied": "满意", "fair": "一般", "dissatisfied": "不满意"}

#: Channels on which a citizen writes back in the same conversation: only there are their words (进度, 满意 …) read.
CONVERSATIONS: Final = frozenset({"wechat", "telegram"})
