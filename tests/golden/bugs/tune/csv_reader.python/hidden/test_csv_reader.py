import csv
import io
import itertools
import unittest

from csv_reader import CsvError, read, read_dicts


class CsvTest(unittest.TestCase):
    def test_what_the_standard_writer_writes(self):
        cells = ["", "a", "b c", 'q"q', "x,y", "l\nm", '""', ","]
        for row in itertools.product(cells, repeat=2):
            for end in ("\n", "\r\n"):
                out = io.StringIO()
                csv.writer(out, lineterminator=end).writerows([row, ["last", "one"]])
                text = out.getvalue()
                expected = [list(row), ["last", "one"]]
                self.assertEqual(read(text), expected)
                self.assertEqual(read(text[:-len(end)]), expected)

    def test_small_texts(self):
        self.assertEqual(read(""), [])
        self.assertEqual(read("\n"), [[""]])
        self.assertEqual(read("a"), [["a"]])
        self.assertEqual(read("a,"), [["a", ""]])
        self.assertEqual(read('""'), [[""]])
        self.assertEqual(read("a\n\nb"), [["a"], [""], ["b"]])

    def test_malformed_texts(self):
        for text in ('a"b', '"a"b', '"', 'x\n"y', '"a""'):
            with self.assertRaises(CsvError):
                read(text)
        with self.assertRaisesRegex(CsvError, "record 2"):
            read('x\n"y')

    def test_dictionaries(self):
        self.assertEqual(read_dicts("k\n1\n2"), [{"k": "1"}, {"k": "2"}])
        with self.assertRaises(CsvError):
            read_dicts("a,b\n1,2,3\n")


if __name__ == "__main__":
    unittest.main()
