import unittest

from keyboard_commands import Editor


class Keys(unittest.TestCase):
    def test_signs(self):
        for key, sign in (("f1", "?"), ("f2", "!"), ("f3", "...")):
            self.assertEqual(Editor("so").press(key), "so" + sign)

    def test_several_keys(self):
        self.assertEqual(Editor("so").press("f3", "f1", "ctrl-u", "f2"), "SO...?!")

    def test_words(self):
        self.assertEqual(Editor("tO be").press("ctrl-l"), "to be")
        self.assertEqual(Editor("tO be").press("ctrl-t"), "To Be")

    def test_editors_are_independent(self):
        one, two = Editor("a"), Editor("b")
        one.bind_all(["x", "f1"], lambda text: text * 2)
        self.assertEqual(one.press("x", "f1", "f2"), "aaaa!")
        self.assertEqual(two.press("f1"), "b?")
        with self.assertRaises(KeyError):
            two.press("x")
