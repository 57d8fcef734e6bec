"""The timetable: what runs, how often, and which waiting states it moves on. One table, no business state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, Protocol

Work = Callable[[datetime], object]


class Jobs(Protocol):
    """What the wiring hands the scheduler: one callable per row of the timetable, each taking ``now`` (aware UTC).

    A callable opens its own short transactions, claims its work by rows, and may run in any number of processes.
    """

    @property
    def sweep_ladder(self) -> Work: ...
    @property
    def sweep_duty(self) -> Work: ...
    @property
    def deliver(self) -> Work: ...
    @property
    def sweep_sending(self) -> Work: ...
    @property
    def finish_stored(self) -> Work: ...
    @property
    def retry_parked(self) -> Work: ...
    @property
    def alert_parked(self) -> Work: ...
    @property
    def fetch_media(self) -> Work: ...
    @property
    def scan_files(self) -> Work: ...
    @property
    def remind_units(self) -> Work: ...
    @property
    def remind_paused(self) -> Work: ...
    @property
    def move_procedures(self) -> Work: ...
    @property
    def settle_answered(self) -> Work: ...
    @property
    def erase(self) -> Work: ...
    @property
    def check_calendar(self) -> Work: ...
    @property
    def learn(self) -> Work: ...
    @property
    def learn_asked(self) -> Work: ...
    @property
    def recount_clocks(self) -> Work: ...
    @property
    def find_similar(self) -> Work: ...
    @property
    def tell_same_day(self) -> Work: ...
    @property
    def alert_similar(self) -> Work: ...
    @property
    def forget_similar(self) -> Work: ...
    @property
    def push_notices(self) -> Work: ...
    @property
    def offer_claims(self) -> Work: ...
    @property
    def remind_opinions(self) -> Work: ...
    @property
    def anchor_events(self) -> Work: ...
    @property
    def index_search(self) -> Work: ...
    @property
    def tidy_search(self) -> Work: ...
    @property
    def take_in_lists(self) -> Work: ...
    @property
    def sweep_slips(self) -> Work: ...
    @property
    def list_week(self) -> Work: ...


@dataclass(frozen=True, slots=True)
class JobTable:
    """A plain :class:`Jobs`."""

    sweep_ladder: Work
    sweep_duty: Work
    deliver: Work
    sweep_sending: Work
    finish_stored: Work
    retry_parked: Work
    alert_parked: Work
    fetch_media: Work
    scan_files: Work
    remind_units: Work
    remind_paused: Work
    move_procedures: Work
    settle_answered: Work
    erase: Work
    check_calendar: Work
    learn: Work
    learn_asked: Work
    recount_clocks: Work
    find_similar: Work
    tell_same_day: Work
    alert_similar: Work
    forget_similar: Work
    push_notices: Work
    offer_claims: Work
    remind_opinions: Work
    anchor_events: Work
    index_search: Work
    tidy_search: Work
    take_in_lists: Work
    sweep_slips: Work
    list_week: Work


@dataclass(frozen=True, slots=True)
class Job:
    """One row. It runs every ``every`` seconds, or once a day at ``daily_at`` (Shanghai; ``every`` is then a day).

    ``moves`` names the non-terminal states it moves on, as ``thing:state``.
    """

    name: str
    every: float
    run: Callable[[Jobs, datetime], object]
    description: str
    moves: tuple[str, ...] = ()
    daily_at: time | None = None


_DAY: Final = 86_400.0

TIMETABLE: Final[tuple[Job, ...]] = (
    Job("deliver", 2, lambda jobs, now: jobs.deliver(now), "发送待发的答复、通知和提醒",
        ("delivery:pending", "delivery:retry")),
    Job("sweep_duty", 5, lambda jobs, now: jobs.sweep_duty(now), "紧急提醒按值班表逐个叫人，十分钟无人确认叫下一位",
        ("alert:open",)),
    Job("finish_stored", 10, lambda jobs, now: jobs.finish_stored(now), "已存而未处理完的留言继续处理",
        ("message:stored",)),
    Job("retry_parked", 10, lambda jobs, now: jobs.retry_parked(now), "处理出错的留言按退避时间重试",
        ("message:parked",)),
    Job("sweep_ladder", 15, lambda jobs, now: jobs.sweep_ladder(now), "时限预警：到点的黄、橙、红逐级提醒",
        ("clock:running",)),
    Job("find_similar", 10, lambda jobs, now: jobs.find_similar(now), "新来信与近两个月的来信比对，找出相似的"),
    Job("index_search", 2, lambda jobs, now: jobs.index_search(now), "有变动的诉求重新编入查找"),
    Job("take_in_lists", 5, lambda jobs, now: jobs.take_in_lists(now), "上传的清单逐批导入，中断的接着导",
        ("import_batch:running",)),
    Job("sweep_slips", 15, lambda jobs, now: jobs.sweep_slips(now), "督办单：发给科室、到期和逾期提醒、答复送办公室",
        ("slip:open", "slip:answered")),
    Job("fetch_media", 15, lambda jobs, now: jobs.fetch_media(now), "下载留言附带的图片和文件（平台只留三天）",
        ("attachment:pending",)),
    Job("scan_files", 15, lambda jobs, now: jobs.scan_files(now), "附件送查毒程序（HUIYING_CLAMD），有病毒的隔离"),
    Job("sweep_sending", 30, lambda jobs, now: jobs.sweep_sending(now), "发送中断的改为“不明”，等人核实，不自动重发",
        ("delivery:sending",)),
    Job("remind_units", 60, lambda jobs, now: jobs.remind_units(now), "交办单位回复日期将到或已过，提醒经办人",
        ("unit_referral:open",)),
    # A training may take two minutes: with a shorter period its scheduler would look dead meanwhile.
    Job("learn_asked", 60, lambda jobs, now: jobs.learn_asked(now), "管理员按了“立即学习”的，在这里学习",
        ("learning_request:waiting", "learning_request:running")),
    Job("tell_same_day", 60, lambda jobs, now: jobs.tell_same_day(now), "须当日过问的件，白天提醒科室和办公室"),
    Job("alert_similar", 60, lambda jobs, now: jobs.alert_similar(now), "一天里五位以上群众写了相似的信，提醒办公室"),
    Job("push_notices", 10, lambda jobs, now: jobs.push_notices(now), "同事之间的提醒发到手机"),
    Job("offer_claims", 60, lambda jobs, now: jobs.offer_claims(now), "签收后久未办理的，提醒本人，同事可接手"),
    Job("remind_opinions", 60, lambda jobs, now: jobs.remind_opinions(now), "请协办快到期、已到期的，提醒被请的科室",
        ("opinion_request:open",)),
    Job("alert_parked", 600, lambda jobs, now: jobs.alert_parked(now), "有留言处理出错时，每天提醒办公室一次"),
    Job("move_procedures", 300, lambda jobs, now: jobs.move_procedures(now),
        "征求意见逾期没有答复的按规定处理，没来得及批的延期申请作废", ("party_inquiry:waiting", "consent:asked")),
    Job("settle_answered", 3600, lambda jobs, now: jobs.settle_answered(now), "答复后重办期满、结果已登记的自动办结"),
    Job("list_week", 3600, lambda jobs, now: jobs.list_week(now), "每周一上班前列出督办清单，过去各周可查"),
    Job("check_calendar", 3600, lambda jobs, now: jobs.check_calendar(now), "十一月起检查下一年工作日历是否已载入"),
    Job("recount_clocks", _DAY, lambda jobs, now: jobs.recount_clocks(now), "未结计时按现行工作日历核对，有变的重算",
        daily_at=time(2, 30)),
    Job("learn", _DAY, lambda jobs, now: jobs.learn(now), "从当天更正的标签学习，没有变差才采用新模型",
        daily_at=time(1, 30)),
    Job("forget_similar", _DAY, lambda jobs, now: jobs.forget_similar(now), "过期或转为受限的，删除其文字特征",
        daily_at=time(4, 0)),
    Job("anchor_events", _DAY, lambda jobs, now: jobs.anchor_events(now), "导出当天的留痕锚点，供日后核对有无删改",
        daily_at=time(0, 10)),
    Job("remind_paused", _DAY, lambda jobs, now: jobs.remind_paused(now), "暂停过久的计时，请经办人确认能否恢复",
        ("clock:paused",), daily_at=time(9, 0)),
    Job("tidy_search", _DAY, lambda jobs, now: jobs.tidy_search(now), "查找的索引里清掉已删除的字",
        daily_at=time(4, 30)),
    Job("erase", _DAY, lambda jobs, now: jobs.erase(now), "按保存期限删除到期数据，并记下删了什么",
        daily_at=time(3, 30)),
)  # fmt: skip
