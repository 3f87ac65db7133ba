#!/usr/bin/env python3
"""Writes the inputs that a fuzz target starts from.

usage: make_seeds.py text|json_lines|bson|ini|tables|models FOLDER
"""
import itertools
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "attack"))
from bson_file import document, framed  # noqa: E402

TEXTS = {
    "plain": "a,b,c\n1,2.5,x\n2,,y\n3,1e3,x\n",
    "quotes": 'a,b\n"x, ""y""\nz",1\n"",2\n a ,"3" \n',
    "crlf": "a;b\r\n1;2\r\n\r\n3;4\r\n",
    "tabs": "a\tb\tc\n1\t007\tNA\n-9223372036854775808\t18446744073709551616\t\n",
    "no header": "1|2|3\n4|5|6\n",
    "ragged": "a,b\n1\n1,2,3\n1,2\n",
    "latin": b"a,b\nM\xfcller,\xa01\xa0\nJos\xc3\xa9,2\n",
    "mark": b"\xef\xbb\xbfa,b\n1,2\n",
    "open quote": 'a,b\n"1,2\n3,4\n',
    "numbers": "a\n1.7976931348623157e308\n4.9e-324\n-0\n+1\n.5\n1.\nnan\ninf\n0x10\n",
    "one column": "a\n\n1\n\n",
    "nothing": "",
    "wide": ",".join(f"c{i}" for i in range(40)) + "\n" + ",".join("7" * 40) + "\n",
    "no name": ",a,a\n1,2,3\n",
    "sep": "sep=;\r\na;b\r\n1;2\r\n",
    "titles": "Sales\n\nid,a\n,kg\n1,2\n2,3\nTotal,5\n",
    "comments": '# x, "y\n#\nid,a\n1,2\n#, "\n2,3\n',
    "escapes": 'a,b\n1,"x \\"y, z\\" \\\\"\n2,"\\\n"\n',
    "blanks": ' 1 2  "x y"\t3\r\n2 3 z 4 \r\n',
    "carriage": "a,b\r1,2\r3\r",
    "utf-16": "a,b\n1,\u00fc\n2,x\n".encode("utf-16"),
    "dates": "a,d\n1,2024-01-31\n2,\n3,2023-02-28T10:00:00\n",
    "german dates": "d;a\n31.01.2024;1\n-;2\n01.02.2024;3\n",
    "row names": '"a" "b"\n"1" 2 3\n"2" 4 5\n',
}

JSON_LINES = {
    "plain": '{"a": 1, "b": "x"}\n{"a": 2.5, "b": null}\n{"b": "y"}\n',
    "nested": '{"a": {"b": {"c": 1}}, "d": [1, 2]}\n{"a": {"b": 3}}\n',
    "escapes": '{"a\\"": "\\u00fc\\ud83d\\ude00\\n\\\\"}\n',
    "numbers": '{"a": -0.0, "b": 1e308, "c": 18446744073709551616, "d": 1E-400}\n',
    "truth": '{"a": true, "b": false}\r\n\r\n{"a": false}\n',
    "doubled": '{"a": 1, "a": 2}\n',
    "broken": '{"a": 1\n{"a": "x\n',
    "bytes": b'{"a": "\xff\xfe"}\n',
    "no object": '[1]\n1\n"a"\nnull\n',
    "deep": '{"a":' * 50 + "1" + "}" * 50 + "\n",
}

BSON = {
    "plain": document({"a": "1.5", "b": "x"}, ["a"]) + document({"a": "2", "c": ""}, ["a"]),
    "empty": document({}) * 3,
    "types": framed(b"\x10a\0\1\0\0\0" + b"\x12b\0" + bytes(8) + b"\x08c\0\1" +
                    b"\x09d\0" + bytes(8) + b"\x0ae\0" + b"\x07f\0" + bytes(12)),
    "nested": framed(b"\x03a\0" + document({"b": "1"}, ["b"]) + b"\x04c\0" + document({"0": "x"})),
    "cut": document({"a": "north"})[:-3],
    "archive": b"\x6d\xe2\x99\x81" + document({"a": "x"}),
}

INIS = {
    "plain": "# comment\ninput = customers.h5\nsegments = 4\n\n; another\nlog1p = a, b # words\n",
    "quotes": 'id = "a # \\"b\\" \\\\ \\t \\n"\nname="x"   # y\n',
    "sections": "[column a]\nsteps = impute median, clip 0.01:0.99, log1p, standard\n",
    "bad": "no equals\n= 1\na = \"open\n",
    "mark": b"\xef\xbb\xbfa = b\r\nc = \xff\r\n",
}


def text_seeds():
    for number, (name, text) in enumerate(TEXTS.items()):
        # delimiter, header, forms, errors, missing, types, chunk, keeps
        for options in itertools.islice(
            itertools.product(
                (6, 0, 1, 4), (0, 1, 2), (0, 0, 1, 2, 7, 8, 25), (0, 1, 2), (1,), (7, 0, 1, 2, 3),
                (0, 30),
            ),
            number, None, 197,
        ):
            yield f"{name} {options}", bytes((*options, number % 2)) + as_bytes(text)


def edit_seeds():
    yield "unchanged", b"\0"
    for number in range(60):
        # which file, which object in it, then edits
        edits = bytes((number * 37 + i * 101 + i * i) % 256 for i in range(4 + number % 40))
        yield f"edits {number}", bytes((number % 7, number % 5)) + edits


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def seeds(target):
    if target == "text":
        return text_seeds()
    if target == "json_lines":
        return (
            (f"{name} {chunk}", bytes((0, 1, 7, chunk, chunk % 2)) + as_bytes(text))
            for name, text in JSON_LINES.items() for chunk in (0, 20, 255)
        )
    if target == "bson":
        return (
            (f"{name} {chunk}", bytes((0, 1, 7, chunk, chunk % 2)) + content)
            for name, content in BSON.items() for chunk in (0, 20, 255)
        )
    if target == "ini":
        return ((name, as_bytes(text)) for name, text in INIS.items())
    return edit_seeds()


def main():
    target, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (_, content) in enumerate(seeds(target)):
        (folder / f"{number:03}").write_bytes(content)


main()
