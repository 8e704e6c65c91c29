"""The part of MessagePack that Neovim's RPC uses. Extension types (handles) become integers."""
import struct


def encode(value):
    if value is None:
        return b"\xc0"
    if value is True or value is False:
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return bytes([value]) if 0 <= value < 0x80 else struct.pack(">Bq", 0xD3, value)
    if isinstance(value, float):
        return struct.pack(">Bd", 0xCB, value)
    if isinstance(value, str):
        data = value.encode()
        return struct.pack(">BI", 0xDB, len(data)) + data
    if isinstance(value, (list, tuple)):
        return struct.pack(">BI", 0xDD, len(value)) + b"".join(map(encode, value))
    if isinstance(value, dict):
        pairs = (encode(k) + encode(v) for k, v in value.items())
        return struct.pack(">BI", 0xDF, len(value)) + b"".join(pairs)
    raise TypeError(f"cannot send a {type(value).__name__} to Neovim")


class Decoder:
    """Reads values from a binary stream, one for each call of `decode`."""

    SIMPLE = {0xC0: None, 0xC2: False, 0xC3: True}
    NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
               0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
    STRINGS = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I", 0xC4: ">B", 0xC5: ">H", 0xC6: ">I"}
    ARRAYS = {0xDC: ">H", 0xDD: ">I"}
    MAPS = {0xDE: ">H", 0xDF: ">I"}
    EXTENSIONS = {0xC7: ">B", 0xC8: ">H", 0xC9: ">I"}

    def __init__(self, stream):
        self.stream = stream

    def _read(self, count):
        data = self.stream.read(count)
        if len(data) < count:
            raise EOFError("Neovim closed the connection")
        return data

    def _number(self, layout):
        return struct.unpack(layout, self._read(struct.calcsize(layout)))[0]

    def _string(self, length):
        return self._read(length).decode("utf-8", "surrogateescape")

    def _array(self, length):
        return [self.decode() for _ in range(length)]

    def _map(self, length):
        return {self.decode(): self.decode() for _ in range(length)}

    def _extension(self, length):
        self._read(1)  # its type
        data = self._read(length)
        return data[0] if length == 1 else int.from_bytes(data[1:], "big")

    def decode(self):
        tag = self._read(1)[0]
        if tag < 0x80:
            return tag
        if tag >= 0xE0:
            return tag - 0x100
        if tag in self.SIMPLE:
            return self.SIMPLE[tag]
        if tag in self.NUMBERS:
            return self._number(self.NUMBERS[tag])
        if 0xD4 <= tag <= 0xD8:
            return self._extension(1 << (tag - 0xD4))
        for table, read in ((self.STRINGS, self._string), (self.ARRAYS, self._array),
                            (self.MAPS, self._map), (self.EXTENSIONS, self._extension)):
            if tag in table:
                return read(self._number(table[tag]))
        if tag < 0x90:
            return self._map(tag & 0x0F)
        if tag < 0xA0:
            return self._array(tag & 0x0F)
        return self._string(tag & 0x1F)
