import itertools
import re
import unittest

from glob_match import IgnoreList, match


def as_regex(pattern):
    """For patterns of letters, `*` and `**` alone."""
    text = ""
    parts = pattern.split("/")
    for i, part in enumerate(parts):
        last = i + 1 == len(parts)
        if part == "**":
            text += r"(/[^/]*)*"
        else:
            text += "/" + part.replace("*", "[^/]*")
    return re.compile(text)


class GlobTest(unittest.TestCase):
    def test_against_regular_expressions(self):
        paths = ["/".join(p) for n in (1, 2, 3, 4)
                 for p in itertools.product(("a", "b", "ab"), repeat=n)]
        for count in (1, 2, 3):
            for parts in itertools.product(("a", "*", "**", "*b"), repeat=count):
                regex = as_regex("/".join(parts))
                for path in paths:
                    self.assertEqual(match("/".join(parts), path),
                                     bool(regex.fullmatch("/" + path)), (parts, path))

    def test_classes(self):
        self.assertTrue(match("[a-cx]", "b") and match("[a-cx]", "x"))
        self.assertFalse(match("[a-cx]", "d") or match("[a-cx]", ""))
        self.assertTrue(match("[]]", "]") and match("[!]]", "a"))
        self.assertTrue(match("a[b", "a[b"))
        self.assertTrue(match("[a-]", "-"))

    def test_many_stars(self):
        self.assertTrue(match("*a*a*", "banana"))
        self.assertFalse(match("*x*", "banana"))
        self.assertTrue(match("***", ""))

    def test_rules(self):
        rules = IgnoreList("build/**\n!build/**/keep\n\n  **/*.o\n")
        self.assertTrue(rules.ignores("build/a/b/c"))
        self.assertFalse(rules.ignores("build/a/b/keep"))
        self.assertTrue(rules.ignores("x/y/z.o"))
        self.assertFalse(rules.ignores("x/y/z.c"))
        self.assertEqual(IgnoreList("").kept(["a"]), ["a"])


if __name__ == "__main__":
    unittest.main()
