"""Stock of a warehouse: how many of each article lie on which shelf."""


class Ledger:
    """Amounts by (shelf, article). An amount never becomes negative."""

    def __init__(self):
        self.amounts = {}

    def amount(self, shelf, article):
        return self.amounts.get((shelf, article), 0)

    def put(self, shelf, article, count):
        """Adds to a shelf."""
        self.amounts[shelf, article] = self.amount(shelf, article) + count

    def take(self, shelf, article, count):
        """Removes from a shelf; ValueError, and nothing changed, if there is not enough."""
        if self.amount(shelf, article) < count:
            raise ValueError(f"only {self.amount(shelf, article)} of {article} on {shelf}")
        self.put(shelf, article, -count)

    def move(self, article, count, source, target):
        """Moves from the shelf `source` to the shelf `target`; ValueError as for take."""
        self.take(source, article, count)
        self.put(target, article, count)

    def total(self, article):
        """Amount over all shelves."""
        return sum(count for (_, name), count in self.amounts.items() if name == article)
