import copy
import unittest

from settings_merge import DEFAULTS, difference, merge, set_path


class SettingsTest(unittest.TestCase):
    def test_paths(self):
        self.assertEqual(set_path({}, "x.y.z", 1), {"x": {"y": {"z": 1}}})
        self.assertEqual(set_path({"x": {"y": {"z": 1, "k": 2}}}, "x.y.z", None),
                         {"x": {"y": {"z": None, "k": 2}}})
        self.assertEqual(set_path({"x": 3}, "x.y", 4), {"x": {"y": 4}})

    def test_arguments_are_left_alone(self):
        before = copy.deepcopy(DEFAULTS)
        set_path(DEFAULTS, "network.retries", 9)
        merge(DEFAULTS, {"editor": 1})
        self.assertEqual(DEFAULTS, before)

    def test_difference_is_undone_by_merge(self):
        changed = set_path(set_path(DEFAULTS, "network.proxy", "p:1"), "editor.wrap", True)
        changes = difference(DEFAULTS, changed)
        self.assertEqual(changes, {"network": {"proxy": "p:1"}, "editor": {"wrap": True}})
        self.assertEqual(merge(DEFAULTS, changes), changed)
        self.assertEqual(difference(DEFAULTS, DEFAULTS), {})

    def test_merge(self):
        self.assertEqual(merge({"a": {"b": 1}}, {"a": 2}), {"a": 2})
        self.assertEqual(merge({"a": 2}, {"a": {"b": 1}}), {"a": {"b": 1}})


if __name__ == "__main__":
    unittest.main()
