import unittest

from sensor_range import read_lines, report, spread, summary


class Readings(unittest.TestCase):
    def test_lines(self):
        lines = ["# morning", "a 1", "", "b 2.5 "]
        self.assertEqual(list(read_lines(lines)), [("a", 1.0), ("b", 2.5)])

    def test_spread_of_a_list(self):
        self.assertEqual(spread([3, 9, 5]), 6)

    def test_spread_of_nothing(self):
        self.assertEqual(spread([]), 0)

    def test_summary(self):
        lines = ["a 1", "b 4", "a 2"]
        self.assertEqual(summary(read_lines(lines)), {"a": (2, 1.5), "b": (1, 4.0)})

    def test_spread_of_what_is_read(self):
        lines = ["a 1", "b 4", "a 2"]
        self.assertEqual(spread(value for _, value in read_lines(lines)), 3)

    def test_report(self):
        self.assertEqual(report(["a 1", "b 2", "c 30"], 15), "c 30")
