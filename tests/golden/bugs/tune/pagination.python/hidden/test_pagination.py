import unittest

from pagination import links, page, page_count


class PaginationTest(unittest.TestCase):
    def test_links(self):
        for count in range(0, 12):
            for number in range(1, count + 1):
                expected = [n for n in range(1, count + 1) if abs(n - number) <= 2]
                self.assertEqual(links(number, count), expected)

    def test_pages_put_together_are_the_items(self):
        for total in range(0, 15):
            items = list(range(total))
            for per_page in range(1, 6):
                pages = [page(items, n, per_page)
                         for n in range(1, page_count(total, per_page) + 1)]
                self.assertEqual(sum(pages, []), items)
                self.assertTrue(all(1 <= len(p) <= per_page for p in pages))

    def test_outside(self):
        self.assertEqual(page([1, 2], 0, 1), [])
        self.assertEqual(page([1, 2], 3, 1), [])

    def test_bad_page_size(self):
        with self.assertRaises(ValueError):
            page_count(3, 0)


if __name__ == "__main__":
    unittest.main()
