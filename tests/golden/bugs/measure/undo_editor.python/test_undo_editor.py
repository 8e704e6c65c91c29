import unittest

from undo_editor import Editor


class EditorTest(unittest.TestCase):
    def test_insert(self):
        editor = Editor(["a", "c"])
        editor.insert(1, "b")
        self.assertEqual(editor.lines, ["a", "b", "c"])

    def test_delete_returns_the_line(self):
        editor = Editor(["a", "b"])
        self.assertEqual(editor.delete(0), "a")

    def test_no_such_line(self):
        with self.assertRaises(IndexError):
            Editor(["a"]).delete(1)

    def test_nothing_to_undo(self):
        self.assertFalse(Editor().undo())

    def test_undo_and_redo(self):
        editor = Editor(["a"])
        editor.insert(1, "b")
        self.assertTrue(editor.undo())
        self.assertEqual(editor.lines, ["a"])
        self.assertTrue(editor.redo())
        self.assertEqual(editor.lines, ["a", "b"])


if __name__ == "__main__":
    unittest.main()
