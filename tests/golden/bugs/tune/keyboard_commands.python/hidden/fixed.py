"""Commands of a text editor that are bound to keys.

>>> editor = Editor("abc")
>>> editor.press("ctrl-u")
'ABC'
>>> editor.press("ctrl-t")
'Abc'
>>> editor.press("f1")
'Abc?'
>>> editor.press("f2")
'Abc?!'
>>> editor.press("f9")
Traceback (most recent call last):
    ...
KeyError: 'f9'
"""

WORDS = {"ctrl-u": str.upper, "ctrl-l": str.lower, "ctrl-t": str.title}
SIGNS = {"f1": "?", "f2": "!", "f3": "..."}


class Editor:
    """A line of text; each key of WORDS changes it, each of SIGNS adds to its end."""

    def __init__(self, text):
        self.text = text
        self.commands = {}
        for key, change in WORDS.items():
            self.bind(key, change)
        for key, sign in SIGNS.items():
            self.bind(key, lambda text, sign=sign: text + sign)

    def bind(self, key, command):
        """Makes a key call command(text), which returns the new text."""
        self.commands[key] = command

    def bind_all(self, keys, command):
        """Makes several keys do the same."""
        for key in keys:
            self.bind(key, command)

    def press(self, *keys):
        """Does what the keys are bound to, in turn; returns the text."""
        for key in keys:
            self.text = self.commands[key](self.text)
        return self.text
