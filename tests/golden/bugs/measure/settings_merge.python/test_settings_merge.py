import unittest

from settings_merge import DEFAULTS, difference, merge, set_path


class SettingsTest(unittest.TestCase):
    def test_merge_goes_into_depth(self):
        merged = merge(DEFAULTS, {"editor": {"size": 14}})
        self.assertEqual(merged["editor"], {"font": "mono", "size": 14, "wrap": False})

    def test_merge_adds(self):
        self.assertEqual(merge({"a": 1}, {"b": {"c": 2}}), {"a": 1, "b": {"c": 2}})

    def test_set_one_name(self):
        self.assertEqual(set_path({"a": 1}, "a", 2), {"a": 2})

    def test_set_a_path(self):
        self.assertEqual(set_path({"a": {"b": 1, "c": 2}}, "a.b", 5), {"a": {"b": 5, "c": 2}})

    def test_difference(self):
        self.assertEqual(difference(DEFAULTS, set_path(DEFAULTS, "editor", {"size": 9})),
                         {"editor": {"size": 9}})


if __name__ == "__main__":
    unittest.main()
