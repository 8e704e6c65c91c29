"""A GGUF file with a chat template added: the default model, say, which then answers in a
conversation's form. What it says is worth nothing; that it is asked and answered rightly is what
tests want to know.
"""
import struct

# In the form of DeepSeek V2's, whose turns are words.
TEMPLATE = ("{% for message in messages %}{% if message['role'] == 'user' %}{{ 'User: ' + "
            "message['content'] + '\\n\\n' }}{% elif message['role'] == 'assistant' %}"
            "{{ 'Assistant: ' + message['content'] + eos_token }}{% else %}"
            "{{ message['content'] + '\\n\\n' }}{% endif %}{% endfor %}{{ 'Assistant:' }}")
ALIGNMENT = 32  # GGUF's, unless a file says otherwise
FIXED = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}  # bytes of a type
STRING, ARRAY = 8, 9


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


class Header:
    def __init__(self, data):
        self.data, self.at = data, 24

    def number(self, form):
        value, = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return value

    def skip_value(self, kind):
        if kind == STRING:
            size = self.number("Q")
            self.at += size
        elif kind == ARRAY:
            inner, count = self.number("I"), self.number("Q")
            for _ in range(count):
                self.skip_value(inner)
        else:
            self.at += FIXED[kind]

    def end(self, keys, tensors):
        for _ in range(keys):
            self.skip_value(STRING)
            self.skip_value(self.number("I"))
        for _ in range(tensors):
            self.skip_value(STRING)
            dimensions = self.number("I")
            self.at += 8 * dimensions + 4 + 8  # shape, type, offset
        return self.at


def add_chat_template(source, target):
    data = source.read_bytes()
    version, tensors, keys = struct.unpack_from("<IQQ", data, 4)
    end = Header(data).end(keys, tensors)
    added = text("tokenizer.chat_template") + struct.pack("<I", STRING) + text(TEMPLATE)
    header = (b"GGUF" + struct.pack("<IQQ", version, tensors, keys + 1) + added + data[24:end])
    weights = data[end + -end % ALIGNMENT:]
    target.write_bytes(header + b"\0" * (-len(header) % ALIGNMENT) + weights)
