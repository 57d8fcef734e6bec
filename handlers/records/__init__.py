"""The tables, one noun per file; the database; the chain of case events; the encryption of contact data."""

from handlers.records import fulltext
from handlers.records.absence import Absence
from handlers.records.alert import Alert
from handlers.records.api_key import ApiKey
from handlers.records.attachment import Attachment
from handlers.records.base import Base
from handlers.records.calendar_day import CalendarDay
from handlers.records.case import Case
from handlers.records.case_event import CaseEvent
from handlers.records.case_follower import CaseFollower
from handlers.records.case_track import CaseTrack
from handlers.records.citizen import Citizen
from handlers.records.clock import Clock
from handlers.records.consent import Consent
from handlers.records.contact import CaseContact
from handlers.records.correction import Correction
from handlers.records.delivery import Delivery
from handlers.records.document import Document
from handlers.records.document_series import DocumentSeries
from handlers.records.document_service import DocumentService
from handlers.records.draft_version import DraftVersion
from handlers.records.erasure import Erasure
from handlers.records.export_record import ExportRecord
from handlers.records.fulltext_parts import DUE as SEARCH_DUE
from handlers.records.guide import GuideAnswer, GuideRow, GuideVersion
from handlers.records.heartbeat import Heartbeat
from handlers.records.import_batch import ImportBatch, ImportMapping, ImportRow
from handlers.records.label import Label
from handlers.records.learning_request import LearningRequest
from handlers.records.limit_override import LimitOverrideRow
from handlers.records.mandatory_report import MandatoryReport
from handlers.records.matter_group import GroupMember, MatterGroup
from handlers.records.message import Message
from handlers.records.note import Note
from handlers.records.number_series import NumberSeries
from handlers.records.officer import Officer, StaffSession
from handlers.records.opinion_request import OpinionRequest
from handlers.records.organisation import (
    DutyTurnRow,
    LadderStepRow,
    NoticeTemplateRow,
    ProfileHead,
    SectionRow,
    TopicRouteRow,
    UnitRow,
    WordingRow,
)
from handlers.records.party_inquiry import PartyInquiry
from handlers.records.person_link import PersonCode, PersonLink
from handlers.records.presence import Presence
from handlers.records.reply import Reply
from handlers.records.reply_finding import ReplyFinding
from handlers.records.reply_step import ReplyStep
from handlers.records.saved_reply import BureauWord, SavedReply, SavedReplyVersion
from handlers.records.saved_view import SavedView
from handlers.records.seal_record import SealRecord
from handlers.records.sketch import MessageSketch, SimilarPair, SketchKey
from handlers.records.supervision import SlipTurn, SupervisionSlip, WeeklyList
from handlers.records.token import ChannelToken
from handlers.records.understanding_model import UnderstandingModel
from handlers.records.unit_referral import UnitReferral

__all__ = [
    "SEARCH_DUE",
    "Absence",
    "Alert",
    "ApiKey",
    "Attachment",
    "Base",
    "BureauWord",
    "CalendarDay",
    "Case",
    "CaseContact",
    "CaseEvent",
    "CaseFollower",
    "CaseTrack",
    "ChannelToken",
    "Citizen",
    "Clock",
    "Consent",
    "Correction",
    "Delivery",
    "Document",
    "DocumentSeries",
    "DocumentService",
    "DraftVersion",
    "DutyTurnRow",
    "Erasure",
    "ExportRecord",
    "GroupMember",
    "GuideAnswer",
    "GuideRow",
    "GuideVersion",
    "Heartbeat",
    "ImportBatch",
    "ImportMapping",
    "ImportRow",
    "Label",
    "LadderStepRow",
    "LearningRequest",
    "LimitOverrideRow",
    "MandatoryReport",
    "MatterGroup",
    "Message",
    "MessageSketch",
    "Note",
    "NoticeTemplateRow",
    "NumberSeries",
    "Officer",
    "OpinionRequest",
    "PartyInquiry",
    "PersonCode",
    "PersonLink",
    "Presence",
    "ProfileHead",
    "Reply",
    "ReplyFinding",
    "ReplyStep",
    "SavedReply",
    "SavedReplyVersion",
    "SavedView",
    "SealRecord",
    "SectionRow",
    "SimilarPair",
    "SketchKey",
    "SlipTurn",
    "StaffSession",
    "SupervisionSlip",
    "TopicRouteRow",
    "UnderstandingModel",
    "UnitReferral",
    "UnitRow",
    "WeeklyList",
    "WordingRow",
    "fulltext",
]
