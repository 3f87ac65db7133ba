#!/usr/bin/env python3
"""Holds what each job prints with --json to its schema: all keys that are required, none unknown.

usage: json_schema_test.py TESSERA SCHEMA
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

TESSERA = pathlib.Path(sys.argv[1]).resolve()
SCHEMA = json.loads(pathlib.Path(sys.argv[2]).read_text())
TABLE = ["--id", "customer_id", "--ignore", "segment"]
# definition: command
RUNS = [
    ("generate_dry_run", "generate --rows 300 --segments 3 --output a.csv --dry-run"),
    ("generate", "generate --rows 300 --segments 3 --output a.csv"),
    ("generate", "generate --rows 300 --segments 3 --output b.h5"),
    ("ingest_dry_run", "ingest --input a.csv --dry-run --output a.h5"),
    ("ingest", "ingest --input a.csv --output a.h5"),
    ("ingest", "ingest --input bad.csv --output bad.h5 --on-error skip"),
    ("train_dry_run", "train --input a.h5 --segments 3 --output m.h5 --dry-run"),
    ("train", "train --input a.h5 --segments 3 --output m.h5 --scores s.csv TABLE"),
    ("train", "train --input a.h5 --segments 1 --output one.h5 --scale none TABLE"),
    ("train", "train --input a.h5 --segments 3 --output n.h5 --silhouette-sample 0 TABLE"),
    ("train", "train --input a.h5 --segments 3 --output b.h5 --method bisecting TABLE"),
    ("evaluate", "evaluate --input a.h5 --model m.h5 --label segment,gender"),
    ("evaluate", "evaluate --input a.h5 --model one.h5"),
    ("score", "score --input a.h5 --model m.h5 --output s.csv"),
    ("inspect_model", "inspect m.h5"),
    ("inspect_model", "inspect one.h5"),
    ("inspect_model", "inspect b.h5"),
    ("inspect_table", "inspect a.h5"),
    ("inspect_digest", "inspect --digest m.h5"),
]


def validator(definition):
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    return jsonschema.Draft7Validator({**SCHEMA, "$ref": f"#/$defs/{definition}"})


def complaints(definition, value):
    return [
        f"{definition}: {'/'.join(map(str, error.absolute_path)) or 'top'}: {error.message}"
        for error in validator(definition).iter_errors(value)
    ]


def run(command, folder):
    arguments = [word for part in command.split() for word in (TABLE if part == "TABLE" else [part])]
    done = subprocess.run([TESSERA, *arguments, "--json"], cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"tessera {command} --json ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "bad.csv").write_text("a,b\n1,x\n2\n3,y\n4,x\n")
        for definition, command in RUNS:
            value = run(command, folder)
            wrong += complaints(definition, value)
            # the schema itself: it must see a key too many, and one too few
            if not complaints(definition, {**value, "Unknown": None}):
                wrong.append(f"{definition}: takes any key")
            for key in SCHEMA["$defs"][definition]["required"]:
                less = copy.deepcopy(value)
                less.pop(key, None)
                if not complaints(definition, less):
                    wrong.append(f"{definition}: does not miss {key}")
    print("\n".join(wrong) or f"{len(RUNS)} outputs fit the schema")
    sys.exit(bool(wrong))


main()
