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
BOUGHT = "--customer who --date when"
# definition: command
RUNS = [
    ("generate_dry_run", "generate --rows 300 --segments 3 --output a.csv --dry-run"),
    ("generate", "generate --rows 300 --segments 3 --output a.csv"),
    ("generate", "generate --rows 300 --segments 3 --output b.h5"),
    ("generate", "generate --rows 50 --transactions 900 --segments 3 --output t.csv"),
    ("ingest_dry_run", "ingest --input a.csv --dry-run --output a.h5"),
    ("ingest", "ingest --input a.csv --output a.h5"),
    ("ingest", "ingest --input bad.csv --output bad.h5 --on-error skip"),
    ("rfm_dry_run", f"rfm --input sold.csv {BOUGHT} --output r.csv --dry-run"),
    ("rfm", f"rfm --input sold.csv {BOUGHT} --output r.csv"),
    ("rfm", f"rfm --input sold.csv {BOUGHT} --amount paid --output r.h5 --snapshot 2024-03-01"),
    ("rfm", f"rfm --input sold.csv {BOUGHT} --output r.csv --join people.csv"),
    ("check_dry_run", "check --input a.h5 --dry-run"),
    ("check", "check --input a.h5 --id customer_id --label segment --suggest a.ini"),
    ("check", "check --input odd.csv"),
    ("train_dry_run", "train --input a.h5 --segments 3 --output m.h5 --dry-run"),
    ("train", "train --input a.h5 --segments 3 --output m.h5 --scores s.csv TABLE"),
    ("train", "train --input a.h5 --segments 1 --output one.h5 --scale none TABLE"),
    ("train", "train --input a.h5 --segments 3 --output n.h5 --silhouette-sample 0 TABLE"),
    ("train", "train --input a.h5 --segments 3 --output b.h5 --method bisecting TABLE"),
    ("train", "train --input odd.csv --segments 2 --output o.h5 --id id --config odd.ini"),
    ("train", "train --input a.h5 --segments 3 --output p.h5 --prepare auto TABLE"),
    ("train", "train --input made.csv --segments 2 --output d.h5 --config made.ini"),
    ("inspect_model", "inspect d.h5"),
    ("train", "train --input a.h5 --segments 3 --output w.h5 --weight visits TABLE"),
    ("evaluate", "evaluate --input a.h5 --model w.h5 --label segment"),
    ("inspect_model", "inspect w.h5"),
    ("evaluate", "evaluate --input a.h5 --model m.h5 --label segment,gender"),
    ("evaluate", "evaluate --input a.h5 --model one.h5"),
    ("evaluate_dry_run", "evaluate --input a.csv --model one.h5 --dry-run"),
    ("score_dry_run", "score --input a.h5 --model m.h5 --output s.csv --dry-run"),
    ("score", "score --input a.h5 --model m.h5 --output s.csv"),
    ("inspect_model", "inspect m.h5"),
    ("inspect_model", "inspect one.h5"),
    ("inspect_model", "inspect b.h5"),
    ("inspect_table", "inspect a.h5"),
    ("inspect_digest", "inspect --digest m.h5"),
    ("inspect_privacy", "inspect --privacy m.h5"),
    ("inspect_privacy", "inspect --privacy one.h5 --min-group 1000"),
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


def odd_table(folder):
    """60 rows with all that train warns of."""
    ids = [1, 1] + list(range(3, 61))
    rows = [f"{ids[i]},{i},{i % 2},{i % 7 if i else 100000},{i % 5}" for i in range(60)]
    pathlib.Path(folder, "odd.csv").write_text("\n".join(["id,order_id,flag,x,y #2", *rows, ""]))
    pathlib.Path(folder, "odd.ini").write_text(
        '[column "y #2"]\nsteps = standard\n[columns numeric]\nsteps = robust\n')


def made_table(folder):
    """30 rows, and features that are made of two columns, of dates and of many levels."""
    rows = [f"2024-{1 + i % 12:02}-{1 + i % 28:02},{i if i % 7 else ''},{i % 4},p{i}" for i in range(30)]
    pathlib.Path(folder, "made.csv").write_text("\n".join(["joined,spend,visits,kind", *rows, ""]))
    pathlib.Path(folder, "made.ini").write_text(
        "[column joined]\ntake = days-before, month\n[ratio per_visit]\nof = spend / visits\n"
        "[column kind]\nsteps = hash 4\nweight = 0.5\n"
        "[column spend]\nsteps = impute median indicator, standard\n")


def check_findings(value):
    """What a program is told of the odd table."""
    expected = {
        "columns_as_categories": ["flag"],
        "doubled_ids": 1,
        "missing_ids": 0,
        "small_segments": [{"segment": 2, "customers": 1, "set_apart_by": "x"}],
    }
    wrong = [f"{key}: {value[key]}" for key in expected if value[key] != expected[key]]
    if [column["name"] for column in value["columns_left_out"]] != ["order_id"]:
        wrong.append(f"columns_left_out: {value['columns_left_out']}")
    sections = [{"column": "y #2", "steps": "standard"}, {"columns": "numeric", "steps": "robust"}]
    if value["options"]["column_sections"] != sections:
        wrong.append(f"column_sections: {value['options']['column_sections']}")
    return wrong


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "bad.csv").write_text("a,b\n1,x\n2\n3,y\n4,x\n")
        pathlib.Path(folder, "people.csv").write_text("who,when,age\n2,2020,40\n9,,1\n")
        pathlib.Path(folder, "sold.csv").write_text(
            "who,when,paid\n1,2024-01-31,2\n,2024-01-30,1\n2,2024-02-01 10:30,3.5\n")
        odd_table(folder)
        made_table(folder)
        for definition, command in RUNS:
            value = run(command, folder)
            wrong += complaints(definition, value)
            if "odd.ini" in command:
                wrong += check_findings(value)
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
