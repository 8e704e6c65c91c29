"""A small reader for comma-separated values (RFC 4180).

Fields are separated by commas, records by "\n" or "\r\n". A field may be enclosed in double
quotes; it may then hold commas and line breaks, and a doubled quote stands for one quote. A line
break at the end of the text does not begin another record. An empty text has no records; an empty
line is a record with one empty field.
"""


class CsvError(ValueError):
    """The text is not well-formed; the message names the record, counted from 1."""


class Reader:
    def __init__(self, text):
        self.text = text.replace("\r\n", "\n")
        self.position = 0
        self.records = []

    def at_end(self):
        return self.position == len(self.text)

    def peek(self):
        return "" if self.at_end() else self.text[self.position]

    def fail(self, message):
        raise CsvError(f"record {len(self.records) + 1}: {message}")

    def quoted_field(self):
        self.position += 1
        value = ""
        while not self.at_end():
            char = self.peek()
            self.position += 1
            if char != '"':
                value += char
            elif self.peek() == '"':
                value += '"'
                self.position += 1
            else:
                if self.peek() not in ("", ",", "\n"):
                    self.fail("text after a closing quote")
                return value
        self.fail("a quote is not closed")

    def plain_field(self):
        start = self.position
        while self.peek() not in ("", ",", "\n"):
            if self.peek() == '"':
                self.fail("a quote inside of a plain field")
            self.position += 1
        return self.text[start:self.position]

    def field(self):
        return self.quoted_field() if self.peek() == '"' else self.plain_field()

    def record(self):
        fields = [self.field()]
        while self.peek() == ",":
            self.position += 1
            fields.append(self.field())
        if not self.at_end():
            self.position += 1
        return fields

    def read(self):
        while not self.at_end():
            self.records.append(self.record())
        return self.records


def read(text):
    """List of records, each a list of fields; CsvError if the text is not well-formed."""
    return Reader(text).read()


def read_dicts(text):
    """Records as dictionaries whose keys are the fields of the first record.

    CsvError if a record has another number of fields than the first.
    """
    records = read(text)
    result = []
    for number, record in enumerate(records[1:], start=2):
        if len(record) != len(records[0]):
            raise CsvError(f"record {number}: {len(record)} fields, not {len(records[0])}")
        result.append(dict(zip(records[0], record)))
    return result
