"""A cache of limited size that forgets what was used least recently."""
from collections import OrderedDict


class LruCache:
    """Keeps at most `capacity` (at least 1) entries.

    Reading or writing an entry makes it the most recently used one. When a new key exceeds the
    capacity, the entry that was used least recently is dropped; `dropped` counts those.
    """

    def __init__(self, capacity):
        self.capacity = capacity
        self.entries = OrderedDict()
        self.dropped = 0

    def __len__(self):
        return len(self.entries)

    def __contains__(self, key):
        """Does not count as a use."""
        return key in self.entries

    def get(self, key, default=None):
        if key not in self.entries:
            return default
        self.entries.move_to_end(key)
        return self.entries[key]

    def put(self, key, value):
        self.entries[key] = value
        self.entries.move_to_end(key)
        if len(self.entries) > self.capacity:
            self.entries.popitem(last=False)
            self.dropped += 1

    def keys(self):
        """From the least to the most recently used."""
        return list(self.entries)
