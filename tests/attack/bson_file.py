"""Documents of strings and doubles, as mongodump writes them."""
import struct


def framed(elements):
    """A document of these bytes of elements."""
    return struct.pack("<i", len(elements) + 5) + elements + b"\0"


def document(record, numbers=()):
    """`record`: texts by name, of which those of `numbers` are written as doubles."""

    def element(name, value):
        key = name.encode() + b"\0"
        if name in numbers and value:
            return b"\x01" + key + struct.pack("<d", float(value))
        text = value.encode() + b"\0"
        return b"\x02" + key + struct.pack("<i", len(text)) + text

    return framed(b"".join(element(*one) for one in record.items()))
