import unittest

from ini_parser import IniError, parse


class IniTest(unittest.TestCase):
    def test_blank_lines_everywhere(self):
        self.assertEqual(parse("\n  \n\t\n[s]\n\nk = v\n   \n  w\n\n"), {"": {}, "s": {"k": "v w"}})
        self.assertEqual(parse(""), {"": {}})
        self.assertEqual(parse("\n"), {"": {}})

    def test_comments(self):
        self.assertEqual(parse("   # indented\nx = 1 ; no comment"), {"": {"x": "1 ; no comment"}})

    def test_equals_in_a_value(self):
        self.assertEqual(parse("url = a=b=c"), {"": {"url": "a=b=c"}})
        self.assertEqual(parse("empty ="), {"": {"empty": ""}})

    def test_sections_go_on(self):
        text = "[a]\nx=1\n[b]\nx=2\n[ a ]\ny=3\nx=4"
        self.assertEqual(parse(text), {"": {}, "a": {"x": "4", "y": "3"}, "b": {"x": "2"}})

    def test_expansion(self):
        text = "a=${b}\nb=${c}\nc=1\n[s]\nb=own ${C}\nd=${b}-${c}"
        self.assertEqual(parse(text), {"": {"a": "${c}", "b": "1", "c": "1"},
                                       "s": {"b": "own 1", "d": "own ${C}-1"}})
        with self.assertRaises(IniError):
            parse("a=${missing}")

    def test_errors(self):
        for text, line in (("[a", 1), ("\n= 3", 2), ("[a]\n  x", 2), ("\n\nword", 3), ("  x=1", 1)):
            with self.assertRaises(IniError) as caught:
                parse(text)
            self.assertEqual(caught.exception.line, line, text)


if __name__ == "__main__":
    unittest.main()
