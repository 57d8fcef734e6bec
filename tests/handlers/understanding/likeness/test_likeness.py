"""How alike texts are: the same matter in other words, people's names and numbers aside, alike in every process."""

from __future__ import annotations

import hashlib

import pytest

from handlers.understanding.likeness.masking import masked
from handlers.understanding.likeness.measures import ALMOST, FEATURES, KEYS, SAME_LETTER, SAME_MATTER, SIMILAR
from handlers.understanding.likeness.shared import shared_runs
from handlers.understanding.likeness.sketch import Sketch, likeness, likenesses, sketch_of

BURNER = "青松陵园对面新开的祭品店天天烧纸钱，烟灰飘得满院子都是，窗户不敢开，请民政局管一管。"
BURNER_TOO = "我们住在青松陵园对面，那家祭品店从早到晚烧纸钱，烟灰飘进屋里，老人咳嗽得厉害，盼有人管。"
PINNED = "f4382c70fce1d48c8299bd5abddb615cdf574c235534e3a85323350d2951be29"
CANTEEN = "锦绣社区的老年食堂说好腊月开门，到现在铁门还锁着，里面连灶都没有装，八十岁的老人天天跑来看。"


def test_a_letter_is_entirely_like_itself_and_not_at_all_like_nothing() -> None:
    assert likeness(sketch_of(BURNER), sketch_of(BURNER)) == pytest.approx(1)
    assert likeness(sketch_of(BURNER), sketch_of("")) == 0
    assert likeness(sketch_of(""), sketch_of("")) == 0


def test_one_matter_in_other_words_is_similar_and_another_matter_is_not() -> None:
    assert SIMILAR <= likeness(sketch_of(BURNER), sketch_of(BURNER_TOO)) < ALMOST
    assert likeness(sketch_of(BURNER), sketch_of(CANTEEN)) < SIMILAR / 3


def test_a_letter_sent_again_with_a_word_changed_is_the_same_letter() -> None:
    assert likeness(sketch_of(BURNER), sketch_of(f"你好！{BURNER}谢谢")) >= ALMOST


@pytest.mark.parametrize(
    "other",
    [
        BURNER.replace("青松", "青松 ").replace("，", ","),
        BURNER.replace("祭品店", "祭品店\n\n"),
        "尊敬的领导您好：" + BURNER,
        BURNER + "此致 敬礼",
        BURNER.replace("纸钱", "紙錢"),
    ],
)
def test_white_space_greeting_closing_and_script_make_no_difference(other: str) -> None:
    assert likeness(sketch_of(BURNER), sketch_of(other)) > 0.9


def test_names_and_numbers_are_masked_so_that_a_form_letter_is_one_letter() -> None:
    form = "我叫{}，电话{}，住在锦绣社区{}号楼。老年食堂说好腊月开门，到现在铁门还锁着，请问什么时候开？"
    one, other = form.format("王秀英", "13800000001", 3), form.format("赵大海", "15900000002", 17)
    assert likeness(sketch_of(one), sketch_of(other)) == pytest.approx(1)
    assert "王秀英" not in masked(one)
    assert not any(character in masked(one) for character in "123456789")


def test_what_two_strangers_share_in_name_only_does_not_make_them_alike() -> None:
    one = sketch_of("联系人：王秀英，电话13800000001。孤儿的基本生活费三个月没有到账，孩子要交学费。")
    other = sketch_of("联系人：王秀英，电话13800000001。公墓的路灯坏了一年，晚上祭扫的人看不见台阶。")
    assert likeness(one, other) < SIMILAR


@pytest.mark.parametrize("text", ["", "   ", "谢谢", "好的", "。。。！！", "😀😀", "12345678", "ᠮᠣᠩᠭᠣᠯ", "\ud800"])
def test_what_says_too_little_has_no_sketch(text: str) -> None:
    assert not sketch_of(text)
    assert sketch_of(text).keys == []


def test_a_very_long_letter_keeps_a_bounded_sketch() -> None:
    long = "".join(f"第{i}户{chr(0x4E00 + i * 7)}{chr(0x5200 + i * 3)}" for i in range(3000))
    assert len(sketch_of(long).features) == FEATURES
    assert likeness(sketch_of(long), sketch_of(long)) == pytest.approx(1)


def test_features_and_keys_are_the_same_in_every_process_and_release_of_a_scheme() -> None:
    """What is kept in a database was made by another process: a change here wants a new SCHEME in measures.py."""
    sketch = sketch_of(BURNER)
    assert len(sketch.keys) == KEYS
    assert hashlib.sha256(sketch.pack()).hexdigest() == PINNED


def test_a_packed_sketch_reads_back_as_it_was() -> None:
    sketch = sketch_of(BURNER)
    again = Sketch.unpack(sketch.pack())
    assert again.features.tolist() == sketch.features.tolist()
    assert again.keys == sketch.keys


def test_many_are_compared_at_once_with_the_same_result() -> None:
    texts = [BURNER, CANTEEN, "", BURNER_TOO]
    together = likenesses(sketch_of(BURNER), [sketch_of(text).pack() for text in texts])
    assert together.tolist() == pytest.approx([likeness(sketch_of(BURNER), sketch_of(text)) for text in texts])


def test_two_letters_of_one_matter_share_keys() -> None:
    assert set(sketch_of(BURNER).keys) & set(sketch_of(BURNER_TOO).keys)


def test_the_thresholds_stand_in_order() -> None:
    assert 0 < SIMILAR < SAME_MATTER < ALMOST < SAME_LETTER < 1


def test_shared_words_are_found_across_white_space_and_stops() -> None:
    text, other = "昨天，青松 陵园又烧纸。", "青松陵园，天天冒烟"
    assert [text[start:end] for start, end in shared_runs(text, other)] == ["青松 陵园"]
    assert shared_runs("", other) == shared_runs(text, "") == []
    assert shared_runs(text, text) == [(0, len(text) - 1)]
