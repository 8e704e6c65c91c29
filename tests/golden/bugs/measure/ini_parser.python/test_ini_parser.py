import unittest

from ini_parser import IniError, parse


class IniTest(unittest.TestCase):
    def test_sections(self):
        self.assertEqual(parse("a = 1\n[web]\nPort = 80"),
                         {"": {"a": "1"}, "web": {"port": "80"}})

    def test_comments(self):
        self.assertEqual(parse("# one\n; two\nx=#3"), {"": {"x": "#3"}})

    def test_blank_lines(self):
        self.assertEqual(parse("x = 1\n\ny = 2\n"), {"": {"x": "1", "y": "2"}})

    def test_continued_value(self):
        self.assertEqual(parse("list = a,\n  b"), {"": {"list": "a, b"}})

    def test_expansion(self):
        self.assertEqual(parse("root=/srv\n[web]\nlogs=${root}/logs")["web"],
                         {"logs": "/srv/logs"})

    def test_line_of_an_error(self):
        with self.assertRaises(IniError) as caught:
            parse("x = 1\nnonsense")
        self.assertEqual(caught.exception.line, 2)


if __name__ == "__main__":
    unittest.main()
