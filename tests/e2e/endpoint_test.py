#!/usr/bin/env python3
"""`lemma daemon --http` as a process, with the model that ships and the clients that people use.

    endpoint_test.py build/dev/lemma
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import huggingface
import scripted_editor
from chat_template import add_chat_template
from private_home import doctor_checks, private_environment
from scripted_editor import PATIENCE

PROGRAM = ""
HERE = pathlib.Path(__file__).resolve().parent

# As llama.vim sends them: to make other files ready, and for a completion.
LLAMA_VIM_FIELDS = [
    "content", "timings/prompt_n", "timings/prompt_ms", "timings/prompt_per_token_ms",
    "timings/prompt_per_second", "timings/predicted_n", "timings/predicted_ms",
    "timings/predicted_per_token_ms", "timings/predicted_per_second", "truncated",
    "tokens_cached"]
CHUNK = {"text": "def double(value):\n    return value * 2\n", "time": [12, 3456],
         "filename": "doubling.py"}
LLAMA_VIM_READY = {
    "input_prefix": "", "input_suffix": "", "input_extra": [CHUNK], "prompt": "", "n_predict": 0,
    "temperature": 0.0, "stream": False, "samplers": [], "cache_prompt": True,
    "t_max_prompt_ms": 1, "t_max_predict_ms": 1, "response_fields": [""]}
LLAMA_VIM = {
    "input_prefix": "import math\n\n\ndef area(width, height):\n", "prompt": "    return wid",
    "input_suffix": "\n\nprint(area(2, 3))\n", "input_extra": [CHUNK], "n_predict": 128,
    "n_indent": 4, "top_k": 40, "top_p": 0.99, "stream": False,
    "samplers": ["top_k", "top_p", "infill"], "cache_prompt": True, "t_max_prompt_ms": 500,
    "t_max_predict_ms": 1500, "response_fields": LLAMA_VIM_FIELDS}
# And llama.vscode, which takes the whole answer.
LLAMA_VSCODE = {key: value for key, value in LLAMA_VIM.items() if key != "response_fields"}
LLAMA_VSCODE_READY = {
    "input_prefix": "", "input_suffix": "", "input_extra": [CHUNK], "prompt": "", "n_predict": 0,
    "samplers": [], "cache_prompt": True, "t_max_prompt_ms": 500, "t_max_predict_ms": 1}


class Serving:
    """A daemon with an endpoint, in folders of its own."""

    def __init__(self, *arguments, config="", **variables):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lemma-"))
        self.environment = {**private_environment(self.home), **variables}
        if config:
            (self.home / "config/lemma/config.toml").write_text(config)
        self.process = subprocess.Popen(
            [PROGRAM, "daemon", "--http", "127.0.0.1:0", *arguments], env=self.environment,
            stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        found = re.match(r"lemma daemon: serving (\w+)://(\S+):(\d+)/v1; bearer tokens are in (.*)",
                         line)
        assert found, line
        self.scheme, self.host, self.port = found[1], found[2], int(found[3])
        self.tokens = found[4]
        self.url = f"{self.scheme}://{self.host}:{self.port}"
        self.token = variables.get("LEMMA_HTTP_TOKEN")
        if not self.token:
            self.token = pathlib.Path(self.tokens).read_text().strip()

    def connection(self):
        if self.scheme == "https":
            context = ssl.create_default_context(cafile=self.home / "cert.pem")
            return http.client.HTTPSConnection(self.host, self.port, timeout=60 * PATIENCE,
                                               context=context)
        return http.client.HTTPConnection(self.host, self.port, timeout=60 * PATIENCE)

    def ask(self, path, body=None, connection=None):
        """Status, header and the body, as JSON where it is that."""
        if connection is None:
            with contextlib.closing(self.connection()) as own:
                return self.ask(path, body, own)
        connection.request("GET" if body is None else "POST", path,
                           None if body is None else json.dumps(body),
                           {"Authorization": f"Bearer {self.token}",
                            "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        is_json = answer.getheader("Content-Type") == "application/json"
        return answer.status, answer.headers, json.loads(text) if is_json else text

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20 * PATIENCE)
        self.process.stderr.close()
        shutil.rmtree(self.home)
        return code


class EndpointTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.serving = Serving(config="[http]\nconcurrent = 64\nper_minute = 100000\n")

    @classmethod
    def tearDownClass(cls):
        assert cls.serving.end() == 0

    def ask(self, *arguments, status=200):
        found, _, body = self.serving.ask(*arguments)
        self.assertEqual(found, status, body)
        return body

    def test_the_token_is_made_for_its_user_alone(self):
        self.assertEqual(os.stat(self.serving.tokens).st_mode & 0o777, 0o600)

    def test_llama_vim_gets_what_it_asks_for(self):
        self.assertEqual(self.ask("/infill", LLAMA_VIM_READY), {})
        answer = self.ask("/infill", LLAMA_VIM)
        self.assertEqual(set(answer), set(LLAMA_VIM_FIELDS))
        self.assertTrue(answer["content"].startswith("th"), answer["content"])
        self.assertGreater(answer["timings/predicted_n"], 0)
        self.assertFalse(answer["truncated"])

    def test_llama_vscode_gets_what_it_asks_for(self):
        self.assertEqual(self.ask("/infill", LLAMA_VSCODE_READY)["content"], "")
        answer = self.ask("/infill", LLAMA_VSCODE)
        self.assertTrue(answer["content"].startswith("th"), answer["content"])
        for figure in ("prompt_n", "prompt_ms", "prompt_per_second", "predicted_n",
                       "predicted_ms", "predicted_per_second"):
            self.assertIn(figure, answer["timings"])
        self.assertGreater(self.ask("/infill", LLAMA_VSCODE)["tokens_cached"], 0)

    def test_infill_streams_in_its_own_form(self):
        connection = self.serving.connection()
        connection.request("POST", "/infill", json.dumps({**LLAMA_VSCODE, "stream": True}),
                           {"Authorization": f"Bearer {self.serving.token}",
                            "Content-Type": "application/json"})
        events = connection.getresponse().read().decode().split("\n\n")
        connection.close()
        parts = [json.loads(event.removeprefix("data: ")) for event in events if event]
        self.assertTrue(parts[-1]["stop"])
        self.assertEqual("".join(part["content"] for part in parts),
                         self.ask("/infill", LLAMA_VSCODE)["content"])

    def test_the_official_client_of_openai_works(self):
        self.run_openai(self.serving)

    def run_openai(self, serving, *arguments):
        done = subprocess.run(
            ["node", HERE / "openai.mjs", serving.url, serving.token, *arguments],
            capture_output=True, text=True, timeout=120)
        if done.returncode == 77:
            self.skipTest(done.stdout.strip())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_official_client_chats_with_a_model_that_can(self):
        with tempfile.TemporaryDirectory(prefix="lemma-") as folder:
            model = pathlib.Path(folder) / "speaker.gguf"
            add_chat_template(HERE.parent.parent / "engine/models/lemma-default.gguf", model)
            serving = Serving("--model", str(model))
            try:
                self.run_openai(serving, "chats")
            finally:
                self.assertEqual(serving.end(), 0)

    def test_a_folder_of_hugging_face_chats_by_its_own_template_and_ends(self):
        """At any of the tokens that its generation_config.json lists."""
        with tempfile.TemporaryDirectory(prefix="lemma-") as folder:
            path = pathlib.Path(folder)
            model = huggingface.MODELS["qwen2"] | {"max_position_embeddings": 2048}
            huggingface.make_directory(model).write(folder)
            config = f'[chat]\nmodel = "{folder}"\n'
            with self.assertRaises(AssertionError):  # no template: nobody to speak to
                self.chat(config)
            (path / "chat_template.jinja").write_text(
                "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:")
            self.assertEqual(self.chat(config), ("length", 5))
            ends = [*range(256, huggingface.VOCAB), *range(0xf5, 0x100)]  # none is UTF-8's
            (path / "generation_config.json").write_text(json.dumps({"eos_token_id": ends}))
            self.assertEqual(self.chat(config, 500)[0], "stop")

    def chat(self, config, most=5):
        """Why an answer of a random model ended, and how many tokens it had."""
        serving = Serving(config=config)
        try:
            status, _, body = serving.ask("/v1/chat/completions", {
                "messages": [{"role": "user", "content": "Hi"}], "max_tokens": most,
                "temperature": 1, "seed": 1})
            self.assertEqual(status, 200, body)
            return body["choices"][0]["finish_reason"], body["usage"]["completion_tokens"]
        finally:
            self.assertEqual(serving.end(), 0)

    def test_figures_come_as_prometheus_reads_them(self):
        self.ask("/infill", LLAMA_VSCODE)
        lines = self.ask("/metrics").splitlines()
        shape = re.compile(r"# (HELP|TYPE) \w+ .*|\w+(\{[^}]*\})? [-+.e0-9]+$")
        self.assertEqual([line for line in lines if not shape.match(line)], [])
        self.assertNotIn("width", "".join(lines))

    def test_a_keystroke_overtakes_the_endpoint(self):
        """The editors' daemon is the same, and 16 long requests leave a keystroke its time."""
        scripted_editor.PROGRAM = PROGRAM
        editor = scripted_editor.Editor(self.serving.environment)
        try:
            editor.start().open()
            editor.complete()
            self.assertEqual(len(scripted_editor.daemons_of(self.serving.home)), 1)
            body = {"prompt": "x = 1\n" * 100, "max_tokens": 400 // PATIENCE}
            answers = []
            clients = [threading.Thread(
                target=lambda: answers.append(self.serving.ask("/v1/completions", body)[0]))
                for _ in range(16)]
            for client in clients:
                client.start()
            time.sleep(0.3)
            times = []
            for character in "width":
                editor.type(character)
                begin = time.monotonic()
                editor.complete()
                times.append(time.monotonic() - begin)
            for client in clients:
                client.join()
            self.assertEqual(answers, [200] * 16)
            self.assertLess(sorted(times)[len(times) // 2], 1.0 * PATIENCE, times)
            self.assertEqual(editor.leave(), 0)
        finally:
            editor.close()

    def test_doctor_shows_it(self):
        checks = doctor_checks(PROGRAM, self.serving.environment)
        self.assertTrue(checks["endpoint"]["works"])
        self.assertIn(self.serving.url, checks["endpoint"]["found"])

    def test_a_second_one_says_that_one_runs(self):
        done = subprocess.run([PROGRAM, "daemon", "--http", "127.0.0.1:0"],
                              env=self.serving.environment, capture_output=True, text=True,
                              timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"running already; it leaves when told to: kill -TERM "
                      f"{self.serving.process.pid}\n", done.stderr)


class StartTest(unittest.TestCase):
    def test_over_tls_the_certificate_is_shown(self):
        with tempfile.TemporaryDirectory(prefix="lemma-") as folder:
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                 "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                 "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
                check=True, capture_output=True)
            serving = Serving("--http-certificate", f"{folder}/cert.pem",
                              "--http-key", f"{folder}/key.pem")
            try:
                shutil.copy(f"{folder}/cert.pem", serving.home / "cert.pem")
                connection = serving.connection()
                for _ in range(2):
                    self.assertEqual(serving.ask("/health", connection=connection)[0], 200)
                connection.close()
                status, _, body = serving.ask("/infill", LLAMA_VIM)
                self.assertEqual(status, 200, body)
            finally:
                self.assertEqual(serving.end(), 0)

    def test_the_environment_gives_a_token_and_no_file_is_made(self):
        serving = Serving(LEMMA_HTTP_TOKEN="0123456789abcdef0123")
        try:
            self.assertEqual(serving.tokens, "LEMMA_HTTP_TOKEN")
            self.assertEqual(serving.ask("/health")[0], 200)
            self.assertFalse((serving.home / "config/lemma/http-tokens").exists())
        finally:
            self.assertEqual(serving.end(), 0)

    def test_what_cannot_be_is_said(self):
        home = pathlib.Path(tempfile.mkdtemp(prefix="lemma-"))
        environment = private_environment(home)
        try:
            for arguments, words in ((["0.0.0.0:0"], "--http-certificate"),
                                     (["nowhere"], "ADDRESS:PORT"),
                                     (["127.0.0.1:0", "--http-key", "x"], "both")):
                done = subprocess.run([PROGRAM, "daemon", "--http", *arguments], env=environment,
                                      capture_output=True, text=True, timeout=20)
                self.assertEqual(done.returncode, 1)
                self.assertIn(words, done.stderr)
        finally:
            shutil.rmtree(home)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
