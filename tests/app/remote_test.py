#!/usr/bin/env python3
"""Customers of an https:// and an s3:// server, which the test starts with a certificate of its own.

usage: remote_test.py TESSERA RUN_RANKS RANKS
"""
import gzip
import hashlib
import hmac
import http.server
import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

TESSERA, RUN_RANKS, RANKS = sys.argv[1], sys.argv[2], sys.argv[3]
KEY, SECRET, TOKEN = "AKIATESTER", "secretsecret/secret+x", "token=="
REGION = "eu-west-1"
FILES = {}
requests = []  # path, range
failures = []


def hmac_of(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def is_signed(handler):
    """Whether Signature Version 4 of the request is right, as Amazon describes it."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/s3/aws4_request, "
        r"SignedHeaders=([^,]+), Signature=([0-9a-f]+)", handler.headers.get("Authorization", ""))
    if not found:
        return False
    key, day, region, names, signature = found.groups()
    headers = "".join(f"{n}:{' '.join(handler.headers[n].split())}\n" for n in names.split(";"))
    body = handler.headers.get("x-amz-content-sha256", hashlib.sha256(b"").hexdigest())
    request = "\n".join(["GET", handler.path, "", headers, names, body])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", handler.headers["x-amz-date"], scope,
                      hashlib.sha256(request.encode()).hexdigest()])
    secret = ("AWS4" + SECRET).encode()
    for part in [day, region, "s3", "aws4_request"]:
        secret = hmac_of(secret, part)
    return ("x-amz-content-sha256" in names.split(";") and key == KEY and region == REGION and "host" in names.split(";") and
            handler.headers.get("x-amz-security-token") == TOKEN and
            hmac_of(secret, text).hex() == signature)


class Server(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    was_asked = False

    def log_message(self, *words):
        pass

    def do_GET(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def refuse(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self):
        kind = self.path.split("?")[0].split("/")[1]
        name = urllib.parse.unquote(self.path.split("?")[0].rsplit("/", 1)[1])
        asked = self.headers.get("Range", "")
        requests.append((self.path, asked))
        if kind == "bucket" and not is_signed(self):
            return self.refuse(403)
        if kind == "secret":
            return self.refuse(403)
        if kind == "elsewhere":
            self.send_response(302)
            self.send_header("Location", f"/plain/{name}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if kind == "flaky" and not self.was_asked:  # of each connection the first request
            self.was_asked = True
            return self.refuse(503)
        if kind == "broken":
            return self.refuse(500)
        if name not in FILES:
            return self.refuse(404)
        body = FILES[name]
        first, last = 0, len(body) - 1
        if asked and not body and kind == "plain":
            self.send_response(416)
            self.send_header("Content-Range", "bytes */0")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        is_range = asked.startswith("bytes=") and kind not in ("whole", "cut_whole")
        if is_range:
            first, last = (int(n) for n in asked[6:].split("-"))
            last = min(last, len(body) - 1)
        is_look = is_range and last == first == 0
        if (kind == "hang" and not is_look) or kind == "hang_at_once":
            time.sleep(5)
            return self.refuse(500)
        tag = '"1"'
        if kind in ("changed", "swapped") and not is_look:
            tag = '"2"'
        if kind == "changed_late" and first == last == len(body) - 1:
            tag = '"2"'
        if kind == "changed" and self.headers.get("If-Match", tag) != tag:
            return self.refuse(412)
        if kind == "longer" and not is_look:
            body += b"more"
        if kind == "other" and is_range and not is_look:
            first += 1
        part = body[first:last + 1]
        self.send_response(206 if is_range else 200)
        self.send_header("Content-Length", str(len(part)))
        if is_range:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
        if kind != "untagged":
            self.send_header("ETag", tag)
        self.end_headers()
        if (kind == "cut" and not is_look) or kind == "cut_whole":
            part = part[:len(part) // 2]
            self.close_connection = True
        self.wfile.write(part)


class QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *where):  # such as a client that refuses the certificate
        pass


def run(arguments, **environment):
    environment = {**os.environ, "CURL_CA_BUNDLE": "certificate.pem", **environment}
    return subprocess.run([RUN_RANKS, RANKS, TESSERA, *arguments], capture_output=True, text=True,
                          env=environment, timeout=100)


def check(is_right, what):
    if not is_right:
        failures.append(what)
        print("FAILED:", what)


def digest_of(arguments, **environment):
    """Of the model that is trained on an input."""
    done = run(["train", "--input", *arguments, "--segments", "3", "--ignore", "segment", "--seed",
                "1", "--output", "model.h5", "-q"], **environment)
    check(done.returncode == 0, f"exit code {done.returncode}: {arguments}: {done.stderr}")
    for word in (SECRET, TOKEN):
        check(word not in done.stdout + done.stderr, f"shows a secret: {arguments}")
    return subprocess.run([TESSERA, "inspect", "--digest", "model.h5"], capture_output=True,
                          text=True).stdout


def refused(code, part, url, **environment):
    done = run(["ingest", "--input", url, "--output", "none.h5", "-q"], **environment)
    what = f"{url}: {done.stderr}"
    check(done.returncode == code, f"exit code {done.returncode} instead of {code}: {what}")
    check(done.stderr.count(": error: ") == 1, f"not one message: {what}")
    check(part in done.stderr, f"does not say '{part}': {what}")
    check(not pathlib.Path("none.h5").exists(), f"leaves an output: {what}")
    check(SECRET not in done.stderr and TOKEN not in done.stderr, f"shows a secret: {what}")


def main():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                    "key.pem", "-out", "certificate.pem", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    server = QuietServer(("127.0.0.1", 0), Server)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("certificate.pem", "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"https://127.0.0.1:{server.server_address[1]}"

    subprocess.run([TESSERA, "generate", "--rows", "80000", "--segments", "3", "--output",
                    "c.csv", "-q"], check=True)
    text = pathlib.Path("c.csv").read_bytes()
    FILES.update({
        "c.csv": text, "c.csv.gz": gzip.compress(text, 1), "empty.csv": b"",
        "a b+c.csv": text, "utf16.csv": text.decode().encode("utf-16"),
        "j.jsonl": b"".join(b'{"a":%d,"b":{"c":%d}}\n' % (i, i * i) for i in range(1000)),
        "d.bson": b"".join(b"\x0c\0\0\0\x10a\0" + bytes([i, 0, 0, 0]) + b"\0" for i in range(9)),
    })
    expected = digest_of(["c.csv"])
    check(len(expected) == 65, f"no digest: {expected}")

    # Plain text is read in parts, each rank its own; nobody reads all at once.
    requests.clear()
    check(digest_of([f"{base}/plain/c.csv"]) == expected, "another model of https://")
    ranges = [r for _, r in requests]
    check(len(text) > 4 << 20 and all(r.startswith("bytes=") for r in ranges), f"ranges {ranges}")
    check(any(r == f"bytes={4 << 20}-{len(text) - 1}" for r in ranges), f"ranges {ranges}")
    for kind in ("flaky", "elsewhere", "untagged"):
        check(digest_of([f"{base}/{kind}/c.csv"]) == expected, f"another model of {kind}")
    # What is packed, encoded, or comes from a server without ranges, is dealt out.
    for path in ("plain/c.csv.gz", "whole/c.csv", "whole/c.csv.gz", "plain/utf16.csv"):
        check(digest_of([f"{base}/{path}"]) == expected, f"another model of {path}")
    check(digest_of([f"{base}/plain/c.csv?X-Signature=a,b"]) == expected, "another model with ?")
    for path, rows in (("j.jsonl", 1000), ("d.bson", 9)):
        done = run(["ingest", "--input", f"{base}/plain/{path}", "--output", "t.h5",
                    "--json", "-q"])
        check(f'"rows": {rows}' in done.stdout, f"{path}: {done.stdout[:300]}{done.stderr}")
    two = f"{base}/plain/j.jsonl,{base}/plain/j.jsonl?a"
    done = run(["ingest", "--input", two, "--output", "t.h5", "--json", "-q"])
    check('"rows": 2000' in done.stdout, f"two files: {done.stdout[:300]}{done.stderr}")

    refused(66, "c2.csv does not exist (404)", f"{base}/plain/c2.csv")
    refused(66, "no permission to read", f"{base}/secret/c.csv")
    refused(66, "the server answers 500", f"{base}/broken/c.csv")
    refused(66, "certificate", f"{base}/plain/c.csv", CURL_CA_BUNDLE="")
    refused(66, "c.csv: ", f"https://127.0.0.1:1/c.csv")
    refused(65, "is empty", f"{base}/whole/empty.csv")
    refused(65, "is empty", f"{base}/plain/empty.csv")
    refused(74, "c.csv: ", f"{base}/cut/c.csv")
    refused(74, "c.csv: ", f"{base}/cut_whole/c.csv")
    refused(74, "changed while it was read (412)", f"{base}/changed/c.csv")
    refused(74, "changed while it was read", f"{base}/swapped/c.csv")
    refused(74, "changed while it was read", f"{base}/changed_late/c.csv")
    refused(74, "changed while it was read", f"{base}/longer/c.csv")
    refused(74, "sends other bytes than were asked for", f"{base}/other/c.csv")
    refused(74, "the server sends nothing for 1 second", f"{base}/hang/c.csv",
            TESSERA_HTTP_TIMEOUT="1")
    refused(66, "the server sends nothing for 1 second", f"{base}/hang_at_once/c.csv",
            TESSERA_HTTP_TIMEOUT="1")
    refused(64, "a password has no place", "https://me:word@127.0.0.1/c.csv")
    refused(64, "without the name of a server", "https:///c.csv")
    refused(64, "expected s3://bucket/key", "s3://bucket")
    refused(64, "HDF5 and Parquet are read from files", f"{base}/plain/c.h5")
    refused(64, "HDF5 and Parquet are read from files", "s3://bucket/c.parquet")

    # Signed requests; a name that has to be escaped.
    s3 = {"AWS_ENDPOINT_URL": base + "/", "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": KEY,
          "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
    check(digest_of(["s3://bucket/c.csv"], **s3) == expected, "another model of s3://")
    check(digest_of(["s3://bucket/in/a b+c.csv"], **s3) == expected, "another model of s3://")
    check(digest_of(["s3://bucket/c.csv.gz"], **s3) == expected, "another model of s3://")
    refused(66, "no permission to read s3://bucket/c.csv (403); look at the key",
            "s3://bucket/c.csv", **{**s3, "AWS_SECRET_ACCESS_KEY": "wrong"})
    refused(66, "no AWS_ACCESS_KEY_ID is set", "s3://bucket/c.csv", AWS_ENDPOINT_URL=base)
    refused(66, "only one of AWS_ACCESS_KEY_ID", "s3://bucket/c.csv",
            **{**s3, "AWS_SECRET_ACCESS_KEY": ""})
    refused(66, "s3://bucket/none.csv does not exist", "s3://bucket/none.csv", **s3)
    print(f"{len(requests)} requests, {len(failures)} failures")
    return 1 if failures else 0


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    code = main()
sys.exit(code)
