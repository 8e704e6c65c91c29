#!/usr/bin/env python3
"""A test double for a server of files, and for a hub: it answers from a script, on loopback alone.

    file_server.py SCRIPT LOG

SCRIPT's entries (scripted_http.py says how it is read):

    {"size": 1000, "seed": 1}      so many bytes, the same for the same seed
    {"file": "/path"}              the bytes of a file
    {"status": 302, "to": "/other"}

With: `etag` (given back in If-Range, or the whole is sent), `cut` (the connection ends after that
many bytes of a body), `claims` (a Content-Length that is not true), `length: false` (none),
`ranges: false` (knows none), `headers`, `stall` (never answers), `hangs` (after `cut`, the
connection stays open and nothing comes).
"""
import random
import time

import scripted_http


def content(rule):
    if "file" in rule:
        with open(rule["file"], "rb") as file:
            return file.read()
    return random.Random(rule.get("seed", 1)).randbytes(rule.get("size", 0))


class Handler(scripted_http.Handler):
    def do_GET(self):
        self.serve()

    def first_byte(self, rule):
        asked = self.headers.get("Range", "")
        fresh = self.headers.get("If-Range", rule.get("etag")) == rule.get("etag")
        if not asked or not fresh or not rule.get("ranges", True):
            return None
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def answer(self, rule):
        if rule.get("stall"):
            time.sleep(60)
            return
        body, first = content(rule), None
        if rule.get("status", 200) == 200:
            first = self.first_byte(rule)
        if first is not None and first >= len(body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            body = b""
        elif first is not None:
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(body) - 1}/{len(body)}")
            body = body[first:]
        else:
            self.send_response(rule.get("status", 200))
        if rule.get("length", True):
            self.send_header("Content-Length", str(rule.get("claims", len(body))))
        if "etag" in rule:
            self.send_header("ETag", rule["etag"])
        if "to" in rule:
            self.send_header("Location", rule["to"])
        for name, value in rule.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[:rule.get("cut", len(body))])
        if rule.get("hangs"):
            self.wfile.flush()
            time.sleep(60)


scripted_http.main(Handler)
