import unittest

from glob_match import IgnoreList, match


class GlobTest(unittest.TestCase):
    def test_star_stays_within_a_part(self):
        self.assertTrue(match("*.py", "main.py"))
        self.assertFalse(match("*.py", "src/main.py"))

    def test_question_mark_and_class(self):
        self.assertTrue(match("v?.[0-9]", "v1.5"))
        self.assertFalse(match("v?.[!0-9]", "v1.5"))

    def test_no_folder_between(self):
        self.assertTrue(match("src/**/main.c", "src/main.c"))

    def test_folders_between(self):
        self.assertTrue(match("src/**/main.c", "src/a/b/main.c"))

    def test_other_name(self):
        self.assertFalse(match("src/**/main.c", "src/a/b/other.c"))

    def test_last_rule_decides(self):
        rules = IgnoreList("# logs\n*.log\n!keep.log\n")
        self.assertEqual(rules.kept(["a.log", "keep.log", "b.txt"]), ["keep.log", "b.txt"])


if __name__ == "__main__":
    unittest.main()
