"""Shortest ways in a road network with one-way roads."""
import heapq


class Roads:
    """Towns and the one-way roads between them, with lengths in kilometres."""

    def __init__(self):
        self.roads = {}

    def add_one_way(self, start, end, length):
        self.roads.setdefault(start, []).append((end, length))
        self.roads.setdefault(end, [])

    def add(self, a, b, length):
        """A road that can be driven in both directions."""
        self.add_one_way(a, b, length)
        self.add_one_way(b, a, length)

    def distances(self, start):
        """Length of the shortest way to each town that can be reached from `start`."""
        found = {}
        queue = [(0, start)]
        while queue:
            length, town = heapq.heappop(queue)
            if town in found:
                continue
            found[town] = length
            for neighbour, road in self.roads.get(town, []):
                if neighbour not in found:
                    heapq.heappush(queue, (length + road, neighbour))
        return found

    def distance(self, start, end):
        """Length of the shortest way from `start` to `end`, or None if there is none."""
        return self.distances(start).get(end)

    def round_trip(self, start, end):
        """Length of the shortest way to `end` and back again, or None if one is missing."""
        there, back = self.distance(start, end), self.distance(end, start)
        return None if there is None or back is None else there + back
