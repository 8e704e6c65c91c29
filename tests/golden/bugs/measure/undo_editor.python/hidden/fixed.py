"""A text of lines with undo and redo."""


class Editor:
    """Each change can be undone; a change after an undo forgets what could be redone."""

    def __init__(self, lines=()):
        self.lines = list(lines)
        self.past = []
        self.future = []

    def remember(self):
        self.past.append(list(self.lines))
        self.future = []

    def insert(self, index, line):
        """Puts a line before that at `index` (0 to the number of lines)."""
        if not 0 <= index <= len(self.lines):
            raise IndexError(f"no line {index}")
        self.remember()
        self.lines.insert(index, line)

    def delete(self, index):
        """Removes a line and returns it; IndexError, and no change, if there is none."""
        if not 0 <= index < len(self.lines):
            raise IndexError(f"no line {index}")
        self.remember()
        return self.lines.pop(index)

    def undo(self):
        """Takes the last change back; returns whether there was one."""
        if not self.past:
            return False
        self.future.append(self.lines)
        self.lines = self.past.pop()
        return True

    def redo(self):
        """Does again what was undone last; returns whether there was something."""
        if not self.future:
            return False
        self.past.append(self.lines)
        self.lines = self.future.pop()
        return True
