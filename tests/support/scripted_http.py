"""What the scripted servers of the tests have in common: a script, a log, and loopback alone.

    PROGRAM SCRIPT LOG [CERTIFICATES KEY]

prints its port, then serves until its standard input ends, over TLS where there are certificates
and a key (PEM files). SCRIPT is a JSON list, read again for
each request; request N gets entry N, the last entry serves all that follow. Requests are written to
LOG, one JSON object a line.
"""
import http.server
import json
import ssl
import sys
import threading

LOCK = threading.Lock()
served = 0


def log(entry):
    with LOCK, open(sys.argv[2], "a", encoding="utf-8") as file:
        print(json.dumps(entry), file=file, flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    """`answer(rule)` is the subclass's."""
    protocol_version = "HTTP/1.1"

    def serve(self, **entry):
        global served
        with LOCK, open(sys.argv[1], encoding="utf-8") as file:
            rules = json.load(file)
            rule = rules[min(served, len(rules) - 1)]
            served += 1
        log({"path": self.path, "headers": dict(self.headers), "peer": self.client_address[1],
             **entry})
        self.close_connection = "keep" not in rule or rule["keep"] == "pretend"
        try:
            self.answer(rule)
        except (BrokenPipeError, ConnectionResetError):
            log({"closed": True})

    def log_message(self, *_):
        pass


def main(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
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
