"""The form of training samples, which the language server's prompt must have too."""

import random
import tempfile
import unittest
from pathlib import Path

import path  # noqa: F401
import bpe
import corpus
import minhash
from samples import (Corpus, Form, block_end, header, load_stores, split_document)

BLOCK = "def f(x):\n    if x:\n        a = 1\n        b = 2\n\n    return x\n"
FILES = {
    "python": [BLOCK * 30, "import os\n\n" + "value = os.getcwd()  # here\n" * 50],
    "cpp": ["int main() {\n  return call(1, 2);\n}\n" * 60],
}


def small_corpus(form: Form, seed: int = 1) -> Corpus:
    vocabulary = bpe.train([text for texts in FILES.values() for text in texts], 400)
    with tempfile.TemporaryDirectory() as folder:
        for language, texts in FILES.items():
            files = [
                corpus.File("demo", f"src/{language}{number}.x", language, "MIT", text,
                            minhash.signature(text))
                for number, text in enumerate(texts)
            ]
            unread = corpus.File("unread", "src/unread.x", language, "MIT", "unread text\n" * 50,
                                 minhash.signature("unread"))
            corpus.write_store(Path(folder), language, [unread, *files])
        (Path(folder) / "fitting.txt").write_text("unread\n", encoding="utf-8")
        return Corpus(load_stores(Path(folder)), vocabulary, form, seed)


class SplitTest(unittest.TestCase):
    def test_a_block_ends_at_a_blank_line_or_a_dedent(self) -> None:
        inner = BLOCK.index("        a")
        self.assertEqual(BLOCK[inner : block_end(BLOCK, inner)], "        a = 1\n        b = 2")
        last = BLOCK.index("    return")
        self.assertEqual(BLOCK[last : block_end(BLOCK, last)], "    return x")

    def test_a_block_at_the_end_without_a_line_break(self) -> None:
        self.assertEqual(block_end("a\nb", 0), 3)
        self.assertEqual(block_end("a", 0), 1)

    def test_anchor_cursor_and_end_are_in_order_and_the_anchor_starts_a_line(self) -> None:
        generator = random.Random(3)
        text = BLOCK * 20
        inside_word = ends_inside_line = with_typed_lines = 0
        for _ in range(2000):
            split = split_document(text, Form(), generator)
            self.assertTrue(split.anchor <= split.cursor <= split.end <= len(text))
            self.assertTrue(split.anchor == 0 or text[split.anchor - 1] == "\n")
            self.assertLessEqual(text[split.anchor : split.cursor].count("\n"), 30)
            inside_word += text[split.cursor - 1].isalpha() and text[split.cursor].isalpha()
            ends_inside_line += text[split.end] != "\n"
            with_typed_lines += "\n" in text[split.anchor : split.cursor]
        self.assertGreater(inside_word, 200)
        self.assertGreater(ends_inside_line, 20)
        self.assertTrue(600 < with_typed_lines < 1400, with_typed_lines)

    def test_documents_of_one_blank_line_do_not_fail(self) -> None:
        for text in ("\n", " ", "\n\n\n", "x"):
            for seed in range(20):
                split = split_document(text, Form(), random.Random(seed))
                self.assertTrue(0 <= split.anchor <= split.cursor <= split.end <= len(text))


class HeaderTest(unittest.TestCase):
    def test_each_language_has_its_comment(self) -> None:
        self.assertEqual(header("a/b.py", "python"), "# a/b.py (python)\n")
        self.assertEqual(header("a/b.c", "cpp"), "// a/b.c (c)\n")
        self.assertEqual(header("a/b.hpp", "cpp"), "// a/b.hpp (cpp)\n")
        self.assertEqual(header("x.lua", "lua"), "-- x.lua (lua)\n")
        self.assertEqual(header("README.md", "markdown"), "<!-- README.md (markdown) -->\n")


class RowTest(unittest.TestCase):
    def test_a_row_depends_on_seed_step_and_number_alone(self) -> None:
        first, again = small_corpus(Form(context=256)), small_corpus(Form(context=256))
        again.row(0, 0)
        self.assertEqual(first.row(7, 1), again.row(7, 1))
        self.assertNotEqual(first.row(7, 1), first.row(7, 2))
        self.assertNotEqual(first.row(7, 1), small_corpus(Form(context=256), seed=2).row(7, 1))

    def test_projects_set_aside_for_the_fit_are_never_read(self) -> None:
        samples = small_corpus(Form(context=600, snippet_share=1.0))
        for step in range(20):
            self.assertNotIn(b"unread", samples.vocabulary.decode(samples.row(step, 0)[0]))

    def test_rows_are_full_and_begin_with_bos(self) -> None:
        samples = small_corpus(Form(context=256))
        for step in range(30):
            row, is_answer = samples.row(step, 0)
            self.assertEqual(len(is_answer), 257)
            self.assertEqual(len(row), 257)
            self.assertEqual(row[0], bpe.BOS)

    def test_the_anchored_form_puts_the_document_back_together(self) -> None:
        form = Form(context=300, header_share=0.0, block_share=0.3)
        samples = small_corpus(form)
        decode = samples.vocabulary.decode
        seen = 0
        for seed in range(200):
            ids, answer = samples.fim_sample(0, 0, 300, random.Random(seed))
            if bpe.FIM_BEGIN not in ids:
                continue
            seen += 1
            self.assertLessEqual(len(ids), 300)
            self.assertEqual(ids[:2], [bpe.BOS, bpe.FIM_BEGIN])
            self.assertEqual(ids[-1], bpe.EOS)
            hole, end = ids.index(bpe.FIM_HOLE), ids.index(bpe.FIM_END)
            prefix, suffix = decode(ids[2:hole]).decode(), decode(ids[hole + 1 : end]).decode()
            middle = decode(ids[end + 1 : -1]).decode()
            self.assertTrue(1 <= answer < len(ids) - end)
            self.assertIn(prefix + middle + suffix, FILES["python"][0])
            self.assertTrue(prefix == "" or prefix.endswith("\n"))
        self.assertGreater(seen, 150)

    def test_snippets_stand_before_the_files_own_header(self) -> None:
        samples = small_corpus(Form(context=600, header_share=1.0, snippet_share=1.0))
        rows = [samples.fim_sample(0, 0, 600, random.Random(seed))[0] for seed in range(20)]
        texts = [samples.vocabulary.decode(row[2:]).decode() for row in rows]
        with_snippet = [text for text in texts if text.startswith("# src/python1.x (python)\n")]
        self.assertGreater(len(with_snippet), 3)
        for text in with_snippet:
            self.assertIn("\n# src/python0.x (python)\n", text)


if __name__ == "__main__":
    unittest.main()
