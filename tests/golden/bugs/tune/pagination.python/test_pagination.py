import unittest

from pagination import links, page, page_count


class PaginationTest(unittest.TestCase):
    def test_counts_full_and_partial_pages(self):
        self.assertEqual(page_count(20, 10), 2)
        self.assertEqual(page_count(21, 10), 3)
        self.assertEqual(page_count(0, 10), 0)

    def test_last_page_is_shorter(self):
        self.assertEqual(page(list("abcde"), 3, 2), ["e"])

    def test_page_outside_is_empty(self):
        self.assertEqual(page([1, 2, 3], 4, 1), [])

    def test_links_in_the_middle(self):
        self.assertEqual(links(5, 10), [3, 4, 5, 6, 7])

    def test_links_on_the_last_page(self):
        self.assertEqual(links(4, 4), [2, 3, 4])


if __name__ == "__main__":
    unittest.main()
