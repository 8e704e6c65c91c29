#!/usr/bin/python3
"""Writes tests/golden/chat/NAME.txt: what Jinja2 makes of NAME.jinja and some conversations.

Run from the root, with python3-jinja2:  /usr/bin/python3 tests/lsp/features/jinja/record.py

The environment is that of transformers' apply_chat_template. Conversations are letters of the roles
(s, u, a), each turn with a text of its own; the second set has texts with blanks around them, and
thinking in the assistant's. A template's refusal is written as such.
"""
import datetime
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.sandbox

ROLES = {"s": "system", "u": "user", "a": "assistant"}
CONVERSATIONS = ["u", "su", "uau", "suau", "uauau", "ua"]
TEXTS = {"s": ["Be brief.", "  Be brief.\n\n"],
         "u": ["One {{ 1 }} <|im_end|>?", "\n Two\u00a0\u3000 é?\n"],
         "a": ["It is 1.", "<think>\nI think\n\n</think>\n\n Two.\n "]}
SEPARATOR = "\n=====\n"


class Refusal(Exception):
    pass


def refuse(why):
    raise Refusal(why)


def environment():
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])
    made.filters["tojson"] = lambda value, indent=None: json.dumps(
        value, ensure_ascii=False, indent=indent)
    made.globals["raise_exception"] = refuse
    made.globals["strftime_now"] = datetime.datetime.now().strftime
    return made


def rendered(template, roles, form):
    messages = [dict(role=ROLES[role], content=TEXTS[role][form]) for role in roles]
    try:
        return template.render(messages=messages, tools=None, documents=None,
                               add_generation_prompt=True, bos_token="<BOS>", eos_token="<EOS>")
    except Refusal as refusal:
        return f"refused: {refusal}"


def main():
    for path in sorted(pathlib.Path("tests/golden/chat").glob("*.jinja")):
        template = environment().from_string(path.read_text(encoding="utf-8"))
        texts = [rendered(template, roles, form) for roles in CONVERSATIONS for form in (0, 1)]
        path.with_suffix(".txt").write_text(SEPARATOR.join(texts), encoding="utf-8")


if __name__ == "__main__":
    main()
