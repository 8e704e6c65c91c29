import unittest

from linked_list import LinkedList


def filled(values):
    items = LinkedList()
    for value in values:
        items.push_back(value)
    return items


class LinkedListTest(unittest.TestCase):
    def test_push(self):
        items = filled([1, 2])
        items.push_front(0)
        items.push_back(3)
        self.assertEqual(list(items), [0, 1, 2, 3])
        self.assertEqual(list(filled([7])), [7])
        self.assertEqual(list(filled([])), [])

    def test_reverse(self):
        for length in range(5):
            items = filled(range(length))
            items.reverse()
            self.assertEqual(list(items), list(range(length))[::-1])

    def test_remove(self):
        for gone in range(4):
            items = filled([0, 1, 2, 0])
            self.assertEqual(items.remove(gone), gone < 3)
            expected = [0, 1, 2, 0]
            if gone < 3:
                expected.remove(gone)
            self.assertEqual(list(items), expected)
        items = filled([5])
        self.assertTrue(items.remove(5))
        items.push_back(6)
        self.assertEqual(list(items), [6])


if __name__ == "__main__":
    unittest.main()
