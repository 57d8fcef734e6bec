"""A model is kept as plain arrays and JSON, read back the same, and refused when damaged or made for other labels."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from handlers.errors import ModelFault
from handlers.understanding.learned.model import dump, load
from handlers.understanding.learned.reader import LearnedUnderstanding
from handlers.understanding.training.examples import shipped
from tests.handlers.models import small_model


def test_a_model_that_was_kept_reads_like_the_one_that_was_made() -> None:
    kept, made = LearnedUnderstanding(load(dump(small_model()))), LearnedUnderstanding(small_model())
    for example in shipped().held_out[:40]:
        assert kept.read(example.text).topic == made.read(example.text).topic
        assert kept.read(example.text).confidence["topic"] == pytest.approx(
            made.read(example.text).confidence["topic"], abs=0.02
        )


def test_an_archive_holds_no_pickled_objects() -> None:
    with np.load(io.BytesIO(dump(small_model())), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


@pytest.mark.parametrize("damaged", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18)], ids=["empty", "head", "hollow"])
def test_a_damaged_archive_is_refused(damaged: bytes) -> None:
    with pytest.raises(ModelFault):
        load(damaged)


def test_a_model_made_for_other_labels_is_refused() -> None:
    with np.load(io.BytesIO(dump(small_model()))) as arrays:
        kept = dict(arrays)
    said = json.loads(kept["said"].tobytes())
    said["heads"]["topic"] = said["heads"]["topic"][:-1]
    kept["said"] = np.frombuffer(json.dumps(said).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez(packed, **kept)
    with pytest.raises(ModelFault, match="other labels"):
        load(packed.getvalue())
