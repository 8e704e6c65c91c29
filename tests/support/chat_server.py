#!/usr/bin/env python3
"""A test double for an OpenAI-compatible endpoint: it answers from a script, on loopback alone.

    chat_server.py SCRIPT LOG [CERTIFICATES KEY]

With certificates and a key (PEM files) it speaks TLS.

SCRIPT's entries (scripted_http.py says how it is read):

    {"say": "text", "think": "why", "form": "reasoning_content" | "tags" | "closing" | "whole"}
    {"raw": ["bytes", ...], "type": "text/event-stream", "status": 200, "headers": {}}
    {"stall": true}                        never answers
    {"vanish": true}                       closes the connection without an answer

`keep` leaves the connection open after the reply: true; "pretend" closes it all the same; "linger"
has said everything and does not end. `pause_ms` comes before each piece of either; `cut` closes the
connection after that many pieces; `times` repeats the raw pieces.
"""
import json
import time

import scripted_http


def event(content):
    return f"data: {json.dumps(content)}\n\n"


def delta(reason=None, **fields):
    return event({"choices": [{"index": 0, "delta": fields, "finish_reason": reason}]})


def pieces_of(text, size=7):
    return [text[at:at + size] for at in range(0, len(text), size)]


def written(rule):
    """The pieces of a well-formed reply."""
    say, think = rule["say"], rule.get("think", "")
    form = rule.get("form", "reasoning_content")
    if form == "whole":
        message = {"role": "assistant", "content": say, "reasoning_content": think or None}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return [json.dumps({"choices": [choice]})], "application/json"
    if form in ("tags", "closing"):
        opening = "<think>\n" if form == "tags" else ""
        say = f"{opening}{think}\n</think>\n\n{say}" if think else say
        think = ""
    events = [": a comment\n\n", delta(role="assistant")]
    events += [delta(reasoning_content=piece) for piece in pieces_of(think)]
    events += [delta(content=piece) for piece in pieces_of(say)]
    usage = {"prompt_tokens": 11, "completion_tokens": 22}
    events += [delta(reason=rule.get("reason", "stop")),
               event({"choices": [], "usage": usage}), "data: [DONE]\n\n"]
    return events, "text/event-stream"


class Handler(scripted_http.Handler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.serve(body=json.loads(body))

    def answer(self, rule):
        if rule.get("stall"):
            time.sleep(60)
            return
        if rule.get("vanish"):
            return
        keep = rule.get("keep")
        pieces, kind = written(rule) if "say" in rule else (rule["raw"], rule.get("type"))
        self.send_response(rule.get("status", 200))
        self.send_header("Content-Type", kind or "text/event-stream")
        self.send_header(*(("Transfer-Encoding", "chunked") if keep else ("Connection", "close")))
        for name, value in rule.get("headers", {}).items():
            self.send_header(name, value)
        self.end_headers()
        for number, piece in enumerate(pieces * rule.get("times", 1)):
            if number == rule.get("cut"):
                return
            time.sleep(rule.get("pause_ms", 0) / 1000)
            data = piece.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data) if keep else data)
            self.wfile.flush()
        if keep == "linger":
            time.sleep(60)
        elif keep:
            self.wfile.write(b"0\r\n\r\n")


scripted_http.main(Handler)
