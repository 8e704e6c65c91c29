"""Events of a day, in memory."""


class Event:
    """Something that happened at a minute of the day, with tags."""

    def __init__(self, minute, text, tags=None):
        self.minute = minute
        self.text = text
        self.tags = set(tags or ())

    def tag(self, name):
        """Adds a tag, to this event alone; returns the event."""
        self.tags.add(name)
        return self


class Log:
    """Keeps events in the order of their minutes; those of one minute as they came."""

    def __init__(self):
        self.events = []

    def add(self, event):
        i = len(self.events)
        while i > 0 and self.events[i - 1].minute > event.minute:
            i -= 1
        self.events.insert(i, event)

    def texts(self, tag=None):
        """Texts in order, of events that have the tag if one is given."""
        return [e.text for e in self.events if tag is None or tag in e.tags]


def parse(line, seen=[]):
    """Event of a line "HH:MM text". The text is appended to the list `seen`, if one is given.

    Returns (event, list of the texts seen so far in that list).
    """
    clock, _, text = line.partition(" ")
    hours, _, minutes = clock.partition(":")
    seen.append(text)
    return Event(int(hours) * 60 + int(minutes), text), seen
