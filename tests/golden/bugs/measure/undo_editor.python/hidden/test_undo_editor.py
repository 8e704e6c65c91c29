import random
import unittest

from undo_editor import Editor


class EditorTest(unittest.TestCase):
    def test_against_a_list_of_versions(self):
        for seed in range(40):
            numbers = random.Random(seed)
            editor, versions, now = Editor(["x"]), [["x"]], 0
            for i in range(40):
                choice = numbers.randrange(4)
                current = versions[now]
                if choice == 0:
                    self.assertEqual(editor.undo(), now > 0)
                    now = max(0, now - 1)
                elif choice == 1:
                    self.assertEqual(editor.redo(), now + 1 < len(versions))
                    now = min(len(versions) - 1, now + 1)
                elif choice == 2 or not current:
                    at = numbers.randint(0, len(current))
                    editor.insert(at, str(i))
                    versions[now + 1:] = [current[:at] + [str(i)] + current[at:]]
                    now += 1
                else:
                    at = numbers.randrange(len(current))
                    self.assertEqual(editor.delete(at), current[at])
                    versions[now + 1:] = [current[:at] + current[at + 1:]]
                    now += 1
                self.assertEqual(editor.lines, versions[now])

    def test_the_given_list_is_not_changed(self):
        lines = ["a"]
        Editor(lines).insert(0, "b")
        self.assertEqual(lines, ["a"])

    def test_a_refused_change_cannot_be_undone(self):
        editor = Editor()
        with self.assertRaises(IndexError):
            editor.insert(1, "x")
        with self.assertRaises(IndexError):
            editor.delete(-1)
        self.assertFalse(editor.undo())


if __name__ == "__main__":
    unittest.main()
