"""The vocabulary's trainer and encoder."""

import tempfile
import unittest
from pathlib import Path

import path  # noqa: F401
import bpe
import gguf
from vocabulary import tokenizer_metadata, vocabulary_from

TEXT = (
    "def total(values):\n    return sum(values)\n\n\n"
    "def mean(values):\n    return total(values) / 2\n"
)
AWKWARD = [
    "", " ", "\n\n\n", "a\r\nb\r\n", "x = 12345678.9e-10", "naïve Ünïcödé — ｜▁",
    "日本語とコード", "\t\tif (a&&b){", "emoji 👩‍👩‍👧 done", "\x00\x01control\x7f", "  trailing  ",
    "<｜fim▁begin｜>",
    "١٢٣ digits", "a\u0301 combining",
]


class SplitTest(unittest.TestCase):
    def check_split(self, text: str, expected: list[str]) -> None:
        self.assertEqual(bpe.split_words(text), expected)

    def test_numbers_are_cut_in_threes_before_words(self) -> None:
        self.check_split("ab1234567c", ["ab", "123", "456", "7", "c"])

    def test_punctuation_takes_the_letters_after_it(self) -> None:
        self.check_split("self.name", ["self", ".name"])

    def test_a_space_goes_with_the_word_after_it(self) -> None:
        self.check_split("a  b", ["a", " ", " b"])

    def test_indentation_is_one_piece_but_for_its_last_space(self) -> None:
        self.check_split("\n    x", ["\n", "   ", " x"])

    def test_spaces_before_a_number_stay_together(self) -> None:
        self.check_split("x =  1", ["x", " =", "  ", "1"])

    def test_cjk_is_split_from_latin(self) -> None:
        self.check_split("日本abc", ["日本", "abc"])

    def test_marks_among_kana_stand_alone(self) -> None:
        self.check_split("フ゛ア・イ", ["フ", "゛", "ア", "・", "イ"])

    def test_control_characters_between_words_are_kept(self) -> None:
        self.check_split("a\x01\x02-", ["a", "\x01\x02", "-"])

    def test_pieces_join_to_the_text(self) -> None:
        for text in AWKWARD:
            self.assertEqual("".join(bpe.split_words(text)), text)


class VocabularyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.vocabulary = bpe.train([TEXT] * 3, 300)

    def test_special_tokens_come_first_and_bytes_next(self) -> None:
        tokens = self.vocabulary.tokens
        self.assertEqual(tokens[bpe.FIM_HOLE].decode(), "<｜fim▁hole｜>")
        self.assertEqual(tokens[bpe.FIRST_BYTE + 65], b"A")
        self.assertEqual(len(tokens), len(set(tokens)))

    def test_frequent_words_become_one_token(self) -> None:
        self.assertEqual(len(self.vocabulary.encode("(values")), 1)
        self.assertGreater(len(self.vocabulary.encode("zebra")), 3)

    def test_every_text_comes_back(self) -> None:
        for text in [*AWKWARD, TEXT]:
            ids = self.vocabulary.encode(text)
            self.assertEqual(self.vocabulary.decode(ids).decode(), text)
            self.assertTrue(all(number >= bpe.FIRST_BYTE for number in ids), text)

    def test_the_first_merge_is_the_most_frequent_pair(self) -> None:
        vocabulary = bpe.train([" ab ab ab cd cd"] * 2, bpe.FIRST_BYTE + 257)
        self.assertEqual(vocabulary.tokens[-1], b" a")  # ties go to the lower ids

    def test_training_depends_on_the_texts_alone(self) -> None:
        again = bpe.train([TEXT] * 3, 300)
        self.assertEqual(again.merges, self.vocabulary.merges)

    def test_a_gguf_holds_the_same_vocabulary(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "vocab.gguf"
            gguf.write(file, gguf.File(tokenizer_metadata(self.vocabulary)))
            back = vocabulary_from(gguf.read(file))
        self.assertEqual(back.tokens, self.vocabulary.tokens)
        self.assertEqual(back.merges, self.vocabulary.merges)


if __name__ == "__main__":
    unittest.main()
