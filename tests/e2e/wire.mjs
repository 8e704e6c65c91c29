// The program itself over its real pipes: the language server with a real (random) model, and the
// command line's exit codes. Usage: node wire.mjs PROGRAM
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const program = process.argv[2];
const scratch = mkdtempSync(join(tmpdir(), "lemma-wire-"));
const config = join(scratch, "config");
mkdirSync(join(config, "lemma"), { recursive: true });
const environment = {
  ...process.env,
  XDG_CONFIG_HOME: config,
  XDG_CACHE_HOME: join(scratch, "cache"),
  XDG_STATE_HOME: join(scratch, "state"),
};
const model = join(scratch, "random.gguf");

class Server {
  constructor(...args) {
    this.process = spawn(program, ["lsp", "--standalone", ...args], { env: environment });
    this.messages = [];
    this.waiting = [];
    this.lastId = 0;
    this.log = "";
    this.process.stderr.on("data", (chunk) => (this.log += chunk));
    this.ended = new Promise((resolve) => this.process.on("close", (code) => resolve(code)));
    let buffer = Buffer.alloc(0);
    this.process.stdout.on("data", (chunk) => {
      buffer = Buffer.concat([buffer, chunk]);
      for (;;) {
        const end = buffer.indexOf("\r\n\r\n");
        if (end < 0) return;
        const header = buffer.subarray(0, end).toString();
        const length = Number(/^Content-Length: (\d+)$/.exec(header)[1]);
        if (buffer.length < end + 4 + length) return;
        this.take(JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString()));
        buffer = buffer.subarray(end + 4 + length);
      }
    });
  }
  take(message) {
    this.messages.push(message);
    const [met, unmet] = [[], []];
    for (const entry of this.waiting) (entry.test(message) ? met : unmet).push(entry);
    this.waiting = unmet;
    for (const { resolve } of met) resolve(message);
  }
  wait(test) {
    const seen = this.messages.find(test);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const silent = () => reject(new Error(`the server is silent\n${this.log}`));
      const timer = setTimeout(silent, 60_000);
      this.waiting.push({ test, resolve: (message) => (clearTimeout(timer), resolve(message)) });
    });
  }
  send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.process.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.process.stdin.write(body);
  }
  notify(method, params) { this.send({ method, params }); }
  ask(method, params) {
    const id = ++this.lastId;
    this.send({ id, method, params });
    return this.wait((message) => message.id === id && !message.method);
  }
  async start(options = {}) {
    const answer = await this.ask("initialize", {
      processId: process.pid,
      capabilities: { textDocument: { inlineCompletion: {} } },
      initializationOptions: options,
    });
    this.notify("initialized", {});
    return answer.result;
  }
  async settled() {
    for (;;) {
      const { result } = await this.ask("lemma/status", {});
      if (result.state !== "loading") return result;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  complete(uri, line, character) {
    return this.ask("textDocument/inlineCompletion", {
      textDocument: { uri },
      position: { line, character },
      context: { triggerKind: 1 },
    });
  }
  async leave() {
    await this.ask("shutdown");
    this.notify("exit");
    return this.ended;
  }
}

const tests = {
  async "a session from initialize to exit, with completions of a real file"() {
    const server = new Server("--model", model);
    const { capabilities } = await server.start();
    assert.equal(capabilities.inlineCompletionProvider, true);
    const status = await server.settled();
    assert.equal(status.state, "ready", status.message);
    assert.equal(status.model, model);
    const text = readFileSync(fileURLToPath(import.meta.url), "utf8");
    const uri = pathToFileURL(fileURLToPath(import.meta.url)).href;
    server.notify("textDocument/didOpen",
                  { textDocument: { uri, languageId: "javascript", version: 1, text } });
    for (const line of [0, 10, 40, 70]) {
      const { result, error } = await server.complete(uri, line, 3);
      assert.equal(error, undefined);
      for (const item of result?.items ?? []) {
        assert.equal(item.range.start.line, line);
        assert.equal(item.range.end.line, line);
      }
    }
    assert.equal(await server.leave(), 0);
  },

  async "rapid typing: every request is answered exactly once"() {
    const server = new Server("--model", model);
    await server.start();
    await server.settled();
    const uri = "untitled:Untitled-1";
    server.notify("textDocument/didOpen",
                  { textDocument: { uri, languageId: "python", version: 1, text: "" } });
    const first = server.lastId + 1;
    const answers = [];
    for (let i = 0; i < 100; ++i) {
      const start = { line: 0, character: i };
      server.notify("textDocument/didChange", {
        textDocument: { uri, version: i + 2 },
        contentChanges: [{ range: { start, end: start }, text: "import os"[i % 9] }],
      });
      answers.push(server.complete(uri, 0, i + 1));
      if (i % 5 === 0) server.notify("$/cancelRequest", { id: server.lastId });
    }
    await Promise.all(answers);
    assert.equal(await server.leave(), 0);
    const ids = server.messages.filter((m) => m.id >= first && !m.method).map((m) => m.id);
    assert.equal(ids.length, new Set(ids).size);
  },

  async "a model that is not there: one message with its path, and the server lives"() {
    const missing = join(scratch, "missing.gguf");
    const server = new Server("--model", missing);
    await server.start();
    const shown = await server.wait((message) => message.method === "window/showMessage");
    assert.equal(shown.params.type, 1);
    assert.ok(shown.params.message.includes(missing), shown.params.message);
    assert.equal((await server.settled()).state, "failed");
    assert.equal(await server.leave(), 0);
  },

  async "config.toml names the model; an editor may not"() {
    writeFileSync(join(config, "lemma", "config.toml"), `model = "${model}"\n`);
    const server = new Server();
    await server.start({ model: "/somewhere/else.gguf" });
    const status = await server.settled();
    assert.equal(status.model, model);
    assert.equal(status.state, "ready", status.message);
    const shown = await server.wait((message) => message.method === "window/showMessage");
    assert.match(shown.params.message, /'model' is refused/);
    assert.equal(await server.leave(), 0);
    rmSync(join(config, "lemma", "config.toml"));
  },

  async "the ways to end: exit without shutdown, and the end of the input"() {
    const impatient = new Server("--model", model);
    await impatient.start();
    impatient.notify("exit");
    assert.equal(await impatient.ended, 1);
    const dropped = new Server("--model", model);
    await dropped.start();
    dropped.process.stdin.end();
    assert.equal(await dropped.ended, 1);
  },

  async "noise on the input gets errors, and what follows is served"() {
    const server = new Server("--model", model);
    await server.start();
    server.process.stdin.write("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
    server.process.stdin.write("Content-Length: 5\r\n\r\n{\"a\":");
    assert.equal((await server.ask("lemma/status", {})).error, undefined);
    const errors = server.messages.filter((message) => message.id === null);
    assert.deepEqual(errors.map((message) => message.error.code), [-32700, -32700]);
    assert.equal(await server.leave(), 0);
  },

  async "the command line: exit codes, and one JSON object where asked"() {
    const run = (...args) => spawnSync(program, args, { env: environment, encoding: "utf8" });
    assert.match(run("--version").stdout, /^lemma \d+\.\d+\.\d+\n$/);
    assert.equal(run("--help").status, 0);
    assert.equal(run().status, 2);
    assert.equal(run("help").stdout, run("--help").stdout);
    assert.equal(run("nonsense").status, 2);
    assert.match(run("nonsense").stderr, /no command 'nonsense'/);
    assert.match(run("model", "inof").stderr, /no command 'inof'/);
    assert.equal(run("bench", "complete", scratch, "--places", "-3").status, 2);
    assert.equal(run("lsp", "--threads", "many").status, 2);
    assert.equal(run("complete", "no-position", "--model", model).status, 2);
    assert.equal(run("complete", `${scratch}/none.py:1:1`, "--model", model).status, 1);
    const file = join(scratch, "a.py");
    writeFileSync(file, "import os\nimport sys\nimpo\n");
    const completed = run("complete", `${file}:3:5`, "--model", model, "--json");
    assert.equal(completed.status, 0, completed.stderr);
    const report = JSON.parse(completed.stdout);
    const keys = ["context", "model", "ms", "range", "silence", "text", "tokens"];
    assert.deepEqual(Object.keys(report).sort(), keys);
    assert.equal(report.model, model);
    assert.equal(report.range.end.line, 3);
    assert.equal(run("complete", `${file}:9:1`, "--model", model).status, 1);
    const project = join(scratch, "project");
    mkdirSync(join(project, "private"), { recursive: true });
    writeFileSync(join(project, ".lemmaignore"), "private/\n");
    writeFileSync(join(project, "shapes.py"), "def area(width):\n    return width\n");
    writeFileSync(join(project, "private", "hidden.py"), "def area(width):\n    pass\n");
    writeFileSync(join(project, "main.py"), "from shapes import area\narea(\n");
    const sources = (...options) =>
      JSON.parse(run("complete", `${project}/main.py:2:6`, "--json", ...options).stdout)
        .context.map(({ what, why }) => `${what}: ${why}`)
        .filter((source) => !source.startsWith("this file") && !source.startsWith("path and"));
    const shipped = new URL("../../engine/models/lemma-default.gguf", import.meta.url);
    assert.deepEqual(sources("--model", fileURLToPath(shipped)), [
      "shapes.py: imported here, as its members are called; the memory reads it, not the model",
      "shapes.py: imported here; the memory reads it, not the model",
    ]);
    assert.deepEqual(sources("--model", model), []); // it has no memory
    const doctor = run("doctor", "--model", model, "--json");
    assert.equal(doctor.status, 0, doctor.stderr);
    assert.ok(JSON.parse(doctor.stdout).checks.length >= 4);
    assert.equal(run("doctor", "--model", join(scratch, "missing.gguf")).status, 1);
    const { models } = JSON.parse(run("model", "list", "--model", model, "--json").stdout);
    assert.ok(models.some((entry) => entry.path === model && entry.in_use));
    assert.equal(run("model", "info", model).status, 0);
    assert.equal(run("model", "info").status, 2);
    assert.equal(run("model", "tokenize", join(scratch, "missing.gguf")).status, 1);
  },

  async "lemma solve: arguments, standard input, a line of a file, steps and refusals"() {
    const run = (...args) =>
      spawnSync(program, args, { encoding: "utf8", env: environment });
    const { answer, checked, ms } = JSON.parse(run("solve", "17 * 23", "--json").stdout);
    assert.deepEqual([answer, checked], ["391", true]);
    assert.ok(ms > 0);
    assert.match(run("solve", "-3^2 + 1").stdout, /^-8\nchecked: /);
    const piped = spawnSync(program, ["solve", "-"],
                            { input: "15% of 80\n", encoding: "utf8", env: environment });
    assert.match(piped.stdout, /^12\n/);
    const file = join(scratch, "notes.py");
    writeFileSync(file, "x = 1\n# d/dx x^3 =\n");
    assert.match(run("solve", `${file}:2`).stdout, /^3\*x\*\*2\n/);
    assert.match(run("solve", `${file}:7`).stderr, /has no line 7/);
    const ambiguous = run("solve", "1/2x").stdout;
    assert.match(ambiguous, /read as: 1\/2\*x\nx\/2\npartly checked/);
    const steps = run("solve", "--steps", "--language", "de", "factor 6").stdout;
    assert.match(steps, /1\. durch die Primzahl 2 teilen\n {3}6 = 2\*3/);
    const hint = run("solve", "--hint", "1", "d/dx x^3 sin x").stdout;
    assert.match(hint, /^1\. power rule[^\n]*\n[^\n]*\n$/);
    const refused = run("solve", "1/0");
    assert.deepEqual([refused.status, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /divides by zero/);
    assert.equal(run("solve").status, 2);
    const formulas = join(scratch, "formulas.txt");
    writeFileSync(formulas, "2 + 2\n2 +\n");
    const bench = JSON.parse(run("bench", "solve", formulas, "--pause", "0", "--json").stdout);
    assert.equal(bench.answers[0].answer, "4");
    assert.match(bench.answers[1].refused, /ends where/);
  },

  async "lemma fill and lemma tests: a body for examples, tests of it, and refusals"() {
    const folder = join(scratch, "fill");
    mkdirSync(folder);
    chmodSync(scratch, 0o755); // a sandbox that root has started reads what everybody may
    const file = join(folder, "work.py");
    const head = "def twice(n):\n    \"\"\"\n    >>> twice(3)\n    6\n    >>> twice(0)\n    0\n" +
      "    >>> twice(11)\n    22\n    >>> twice(8)\n    16\n    \"\"\"\n";
    const run = (...args) => spawnSync(program, args, { encoding: "utf8", env: environment });
    writeFileSync(file, head + "    pass\n");
    const filled = run("fill", `${file}:1`, "--json");
    assert.equal(filled.status, 0, filled.stderr);
    const { function: name, examples, bodies } = JSON.parse(filled.stdout);
    assert.deepEqual([name, examples, bodies[0].body], ["twice", 4, "return n + n"]);
    assert.match(bodies[0].evidence, /^passes 4 of 4 examples/);
    assert.match(run("fill", file).stdout, /^\+    return n \+ n$/m);
    assert.match(run("tests", file).stderr, /no function .* tests could be written for/);
    assert.match(run("fill", `${file}:99`).stderr, /no function in that line/);
    writeFileSync(file, head + "    return n * 2\n");
    const tests = run("tests", `${file}:1`);
    assert.equal(tests.status, 0, tests.stderr);
    assert.match(tests.stdout, /self\.assertEqual\(twice\(3\), 6\)/);
    assert.match(tests.stderr, /^lemma tests: \d tests? pass(es)?; \d+ of \d+ small changes of twice/);
    assert.match(run("fill", file).stderr, /is to be filled in/);
    assert.deepEqual([run("fill").status, run("tests").status], [2, 2]);
  },

  async "a formula before the cursor is answered, and words are not"() {
    const server = new Server("--model", model);
    await server.start();
    await server.settled();
    const uri = "untitled:Formulas";
    const text = "# 17 * 23 =\n# 1/0 =\nx = 3 + 4\n";
    server.notify("textDocument/didOpen",
                  { textDocument: { uri, languageId: "python", version: 1, text } });
    const { result } = await server.complete(uri, 0, 11);
    assert.deepEqual(result.items.map((item) => item.insertText.trim()), ["391"]);
    assert.equal((await server.complete(uri, 1, 7)).result?.items?.length ?? 0, 0);
    assert.equal(await server.leave(), 0);
  },
};

let failures = 0;
try {
  execFileSync(program, ["model", "random", "--like", "default", "--layers", "2", model]);
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok      ${name}`);
    } catch (error) {
      ++failures;
      console.error(`FAILED  ${name}\n${error.stack}`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true });
}
process.exit(failures === 0 ? 0 : 1);
