import unittest

from csv_reader import CsvError, read, read_dicts


class CsvTest(unittest.TestCase):
    def test_two_records(self):
        self.assertEqual(read("a,b\nc,d\n"), [["a", "b"], ["c", "d"]])

    def test_quoted_fields(self):
        self.assertEqual(read('"a,b","say ""hi"""\n'), [["a,b", 'say "hi"']])

    def test_line_break_in_a_field(self):
        self.assertEqual(read('"x\ny",z\n'), [["x\ny", "z"]])

    def test_last_record_without_line_break(self):
        self.assertEqual(read("1,2\n3,4"), [["1", "2"], ["3", "4"]])

    def test_open_quote(self):
        with self.assertRaises(CsvError):
            read('a,"b')

    def test_dictionaries(self):
        self.assertEqual(read_dicts("name,age\nAda,36\n"), [{"name": "Ada", "age": "36"}])


if __name__ == "__main__":
    unittest.main()
