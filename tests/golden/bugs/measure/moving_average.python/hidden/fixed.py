"""Figures over the last values of a stream."""
from collections import deque


class MovingAverage:
    """Average of the last `size` values (or of all, while there are fewer)."""

    def __init__(self, size):
        self.size = size
        self.values = deque()
        self.total = 0

    def add(self, value):
        """Takes one more value; returns the average over the window that ends with it."""
        self.values.append(value)
        self.total += value
        if len(self.values) > self.size:
            self.total -= self.values.popleft()
        return self.total / len(self.values)


class Alarm:
    """Rings once when the moving average rises to `limit`, and again only after it fell below."""

    def __init__(self, size, limit):
        self.average = MovingAverage(size)
        self.limit = limit
        self.high = False

    def add(self, value):
        """Whether this value makes it ring."""
        high = self.average.add(value) >= self.limit
        rings = high and not self.high
        self.high = high
        return rings
