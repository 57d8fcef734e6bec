"""The tables, one noun per file; the database; the chain of case events; the encryption of contact data."""

from handlers.records.alert import Alert
from handlers.records.api_key import ApiKey
from handlers.records.attachment import Attachment
from handlers.records.base import Base
from handlers.records.calendar_day import CalendarDay
from handlers.records.case import Case
from handlers.records.case_event import CaseEvent
from handlers.records.case_follower import CaseFollower
from handlers.records.citizen import Citizen
from handlers.records.clock import Clock
from handlers.records.contact import CaseContact
from handlers.records.correction import Correction
from handlers.records.delivery import Delivery
from handlers.records.document import Document
from handlers.records.document_series import DocumentSeries
from handlers.records.document_service import DocumentService
from handlers.records.erasure import Erasure
from handlers.records.guide import GuideAnswer, GuideRow, GuideVersion
from handlers.records.heartbeat import Heartbeat
from handlers.records.label import Label
from handlers.records.learning_request import LearningRequest
from handlers.records.mandatory_report import MandatoryReport
from handlers.records.message import Message
from handlers.records.note import Note
from handlers.records.number_series import NumberSeries
from handlers.records.officer import Officer, StaffSession
from handlers.records.organisation import (
    DutyTurnRow,
    LadderStepRow,
    ProfileHead,
    SectionRow,
    TopicRouteRow,
    UnitRow,
    WordingRow,
)
from handlers.records.reply import Reply
from handlers.records.sketch import MessageSketch, SimilarPair, SketchKey
from handlers.records.token import ChannelToken
from handlers.records.understanding_model import UnderstandingModel
from handlers.records.unit_referral import UnitReferral

__all__ = [
    "Alert",
    "ApiKey",
    "Attachment",
    "Base",
    "CalendarDay",
    "Case",
    "CaseContact",
    "CaseEvent",
    "CaseFollower",
    "ChannelToken",
    "Citizen",
    "Clock",
    "Correction",
    "Delivery",
    "Document",
    "DocumentSeries",
    "DocumentService",
    "DutyTurnRow",
    "Erasure",
    "GuideAnswer",
    "GuideRow",
    "GuideVersion",
    "Heartbeat",
    "Label",
    "LadderStepRow",
    "LearningRequest",
    "MandatoryReport",
    "Message",
    "MessageSketch",
    "Note",
    "NumberSeries",
    "Officer",
    "ProfileHead",
    "Reply",
    "SectionRow",
    "SimilarPair",
    "SketchKey",
    "StaffSession",
    "TopicRouteRow",
    "UnderstandingModel",
    "UnitReferral",
    "UnitRow",
    "WordingRow",
]
