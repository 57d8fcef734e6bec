"""文字特征 and 相似: what a letter is found and compared by, and which letters were found alike."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from handlers.records.base import Base, Big


class MessageSketch(Base):
    """The sketch of one message's text (``understanding/likeness``), while it lies in the window.

    ``features`` holds four bytes each, none when the text says too little. ``compared`` is false until its neighbours
    have been looked for.
    """

    __tablename__ = "message_sketch"
    __table_args__ = (
        Index("ix_message_sketch_compared_message_id", "compared", "message_id"),
        Index("ix_message_sketch_at", "at"),
    )

    message_id: Mapped[int] = mapped_column(Big, ForeignKey("message.id"), primary_key=True, autoincrement=False)
    scheme: Mapped[int]
    at: Mapped[datetime]  # when the message was received
    features: Mapped[bytes] = mapped_column(LargeBinary)
    compared: Mapped[bool] = mapped_column(default=False)


class SketchKey(Base):
    """One of the keys that a sketch is found by: the table is its own index, the latest letters behind a key together.

    No foreign key: twenty rows a letter are written, and they go with their sketch (``neighbours/forget.py``).
    """

    __tablename__ = "sketch_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    message_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)


class SimilarPair(Base):
    """Two messages found alike; kept in both directions, so that either finds the other."""

    __tablename__ = "similar_pair"
    __table_args__ = (Index("ix_similar_pair_at", "at"), {"sqlite_with_rowid": False})

    message_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    other_id: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    likeness: Mapped[float]  # cosine, four decimals
    at: Mapped[datetime]  # when the later of the two was received
