#!/usr/bin/env python3
"""A test double for an OpenAI-compatible endpoint: it answers from a script, on loopback alone.

    chat_server.py SCRIPT LOG [CERTIFICATES KEY]

With certificates and a key (PEM files) it speaks TLS.

Prints its port, then serves until its standard input ends. SCRIPT is a JSON list, read again for
each request; request N gets entry N, the last entry serves all that follow:

    {"say": "text", "think": "why", "form": "reasoning_content" | "tags" | "closing" | "whole"}
    {"raw": ["bytes", ...], "type": "text/event-stream", "status": 200, "headers": {}}
    {"stall": true}                        never answers

`pause_ms` comes before each piece of either; `cut` closes the connection after that many pieces;
`times` repeats the raw pieces. Requests are written to LOG, one JSON object a line.
"""
import http.server
import json
import ssl
import sys
import threading
import time

LOCK = threading.Lock()
served = 0


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


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global served
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with LOCK, open(sys.argv[1], encoding="utf-8") as file:
            rules = json.load(file)
            rule = rules[min(served, len(rules) - 1)]
            served += 1
            with open(sys.argv[2], "a", encoding="utf-8") as log:
                entry = {"path": self.path, "headers": dict(self.headers),
                         "body": json.loads(body)}
                print(json.dumps(entry), file=log, flush=True)
        self.close_connection = True
        try:
            self.answer(rule)
        except (BrokenPipeError, ConnectionResetError):
            with LOCK, open(sys.argv[2], "a", encoding="utf-8") as log:
                print(json.dumps({"closed": True}), file=log, flush=True)

    def answer(self, rule):
        if rule.get("stall"):
            time.sleep(60)
            return
        pieces, kind = written(rule) if "say" in rule else (rule["raw"], rule.get("type"))
        self.send_response(rule.get("status", 200))
        self.send_header("Content-Type", kind or "text/event-stream")
        self.send_header("Connection", "close")
        for name, value in rule.get("headers", {}).items():
            self.send_header(name, value)
        self.end_headers()
        for number, piece in enumerate(pieces * rule.get("times", 1)):
            if number == rule.get("cut"):
                return
            time.sleep(rule.get("pause_ms", 0) / 1000)
            self.wfile.write(piece.encode())
            self.wfile.flush()

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if len(sys.argv) > 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[3], sys.argv[4])
        # Within a request's own thread, so that a client that refuses the certificate stops nobody.
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
        server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
