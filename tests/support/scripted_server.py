#!/usr/bin/env python3
"""A test double for `lemma lsp`: a language server on stdio that answers from a script.

    scripted_server.py SCRIPT LOG

SCRIPT is a JSON file, read again for each request: a list of rules. The first rule whose `after`
ends the text left of the cursor answers:

    {"after": "return ", "insert": "total\\n", "delay_ms": 300, "right": 1, "left": 0,
     "others": ["count"], "asked": true}

`insert` replaces the range from `left` bytes before the cursor (what stands there comes first in
the item's text) to `right` bytes after it. Who asks by a key also gets one item for each of
`others`; a rule that is `asked` answers nobody else. No rule: null. It keeps documents as a real
server does and writes what it gets to LOG, one JSON object a line, so that tests can see what was
sent.
"""
import json
import sys
import threading
import time

LOCK = threading.Lock()
DOCUMENTS = {}  # uri -> bytes
CANCELLED = set()
WHY = '''{"model": "/models/scripted.gguf", "answers": [
  {"uri": "file:///a.py", "position": {"line": 6, "character": 2}, "silence": "unsure", "ms": 0,
   "contextMs": 1, "prefillMs": 11, "decodeMs": 2},
  {"uri": "file:///a.py", "position": {"line": 2, "character": 2}, "text": "turn", "ms": 15.3,
   "probability": 0.5, "modelProbability": 0.2, "promptTokens": 40, "cachedTokens": 30,
   "generatedTokens": 2, "contextTokens": 2048, "contextMs": 2.6, "waitMs": 0, "prefillMs": 4,
   "decodeMs": 8,
   "adapter": "/adapters/own.gguf", "sources": [
     {"what": "this file, lines 1 to 3", "why": "before the anchor", "tokens": 38}]}]}'''


def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    with LOCK:
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        sys.stdout.buffer.flush()


def receive():
    length = None
    while (line := sys.stdin.buffer.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return None if length is None else json.loads(sys.stdin.buffer.read(length))


def offset_of(text, position):
    """Positions are utf-8, as the plugin asks for."""
    offset = 0
    for _ in range(position["line"]):
        offset = text.index(b"\n", offset) + 1
    return offset + position["character"]


def apply_change(text, change):
    if "range" not in change:
        return change["text"].encode()
    begin = offset_of(text, change["range"]["start"])
    end = offset_of(text, change["range"]["end"])
    return text[:begin] + change["text"].encode() + text[end:]


def items_for(rules, text, position, is_asked):
    offset = offset_of(text, position)
    before = text[:offset]
    rule = next((r for r in rules if before.endswith(r["after"].encode())
                 and (is_asked or not r.get("asked"))), None)
    if rule is None:
        return [], 0
    left, right = rule.get("left", 0), rule.get("right", 0)
    line, character = position["line"], position["character"]
    items = [{
        "insertText": before[len(before) - left:].decode() + insert,
        "range": {
            "start": {"line": line, "character": character - left},
            "end": {"line": line, "character": character + right},
        },
    } for insert in [rule["insert"], *(rule.get("others", []) if is_asked else [])]]
    if "command" in rule:
        items[0]["command"] = rule["command"]
    return items, rule.get("delay_ms", 0)


def answer_completion(message, script):
    position = message["params"]["position"]
    text = DOCUMENTS[message["params"]["textDocument"]["uri"]]
    with open(script, encoding="utf-8") as file:
        is_asked = message["params"]["context"]["triggerKind"] == 1
        items, delay_ms = items_for(json.load(file), text, position, is_asked)

    def answer():
        if message["id"] in CANCELLED:
            send({"id": message["id"], "error": {"code": -32800, "message": "cancelled"}})
        else:
            send({"id": message["id"], "result": {"items": items} if items else None})

    threading.Timer(delay_ms / 1000, answer).start()


# A question is a number, and the answer counts up to it; or words, "|" for the ends of lines, and
# the answer repeats them.
def answer_question(message):
    conversation, text = message["params"]["conversation"], message["params"]["text"]
    send({"id": message["id"], "result": {"model": "scripted", "question": text}})

    def count():
        parts = [f"{number + 1}\n" for number in range(int(text))] if text.isdigit() else [
            text.replace("|", "\n")]
        for part in parts:
            time.sleep(0.02)
            send({"method": "lemma/piece", "params": {
                "conversation": conversation, "kind": "text", "text": part}})
        send({"method": "lemma/end", "params": {"conversation": conversation}})

    threading.Thread(target=count, daemon=True).start()


# Two fixes for the first line.
def actions(params):
    uri, line = params["textDocument"]["uri"], params["range"]["start"]["line"]
    def fix(title, text):
        place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
        return {"title": title, "kind": "quickfix",
                "edit": {"changes": {uri: [{"range": place, "newText": text}]}}}
    return [fix("better", "b"), fix("also", "a")] if line == 0 else []


# Debugging finds something in the first line, until it is stopped, and nothing elsewhere.
def execute(params):
    found = {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}},
             "message": "found", "source": "lemma"}
    if params["command"] == "lemma.values":
        send({"id": 1, "method": "workspace/inlayHint/refresh"})
    elif params["command"] in ("lemma.debug", "lemma.stopDebugging"):
        diagnostics = [found] if params["command"] == "lemma.debug" else []
        for uri, those in ((params["arguments"][0], diagnostics), ("file:///elsewhere.py", [])):
            send({"method": "textDocument/publishDiagnostics",
                  "params": {"uri": uri, "diagnostics": those}})


def keep_documents(message):
    method, params = message.get("method"), message.get("params")
    if method == "textDocument/didOpen":
        DOCUMENTS[params["textDocument"]["uri"]] = params["textDocument"]["text"].encode()
    elif method == "textDocument/didChange":
        uri = params["textDocument"]["uri"]
        for change in params["contentChanges"]:
            DOCUMENTS[uri] = apply_change(DOCUMENTS[uri], change)


def handle(message, script):
    method, params = message.get("method"), message.get("params")
    if method == "initialize":
        sync = {"openClose": True, "change": 2}
        capabilities = {"positionEncoding": "utf-8", "textDocumentSync": sync,
                        "inlineCompletionProvider": True, "hoverProvider": True,
                        "codeActionProvider": True}
        send({"id": message["id"], "result": {"capabilities": capabilities}})
    elif method == "textDocument/inlineCompletion":
        status = {"state": "ready", "busy": False, "lastMs": 12.3}
        send({"method": "lemma/status", "params": status})
        answer_completion(message, script)
    elif method == "$/cancelRequest":
        CANCELLED.add(params["id"])
    elif method == "lemma/status":
        send({"id": message["id"], "result": {"state": "ready", "model": "scripted",
                                              "cache": {"hits": 3}}})
    elif method == "lemma/stats":
        send({"id": message["id"], "result": {"summary": "7 suggestions shown"}})
    elif method == "lemma/why":
        send({"id": message["id"], "result": json.loads(WHY)})
    elif method == "lemma/ask":
        answer_question(message)
    elif method == "textDocument/codeAction":
        send({"id": message["id"], "result": actions(params)})
    elif method == "workspace/executeCommand":
        send({"id": message["id"], "result": None})
        execute(params)
    elif method == "exit":
        sys.exit(0)
    elif method and "id" in message:
        send({"id": message["id"], "result": None})


def main():
    script, log_path = sys.argv[1:]
    with open(log_path, "a", encoding="utf-8") as log:
        while (message := receive()) is not None:
            keep_documents(message)
            entry = {"method": message.get("method"), "params": message.get("params"),
                     "id": message.get("id")}
            uri = ((message.get("params") or {}).get("textDocument") or {}).get("uri")
            entry["text"] = DOCUMENTS[uri].decode() if uri in DOCUMENTS else None
            # Before it is answered: who has seen the answer finds the question in the log.
            print(json.dumps(entry), file=log, flush=True)
            handle(message, script)


main()
