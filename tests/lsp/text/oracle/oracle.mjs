// Compares lemma's Document with vscode-languageserver-textdocument over random edit sequences,
// each in utf-8, utf-16 and utf-32. Usage: node oracle.mjs DRIVER [SEQUENCES]; exits 77 where the
// oracle is not installed (npm ci in tests/).
//
// The oracle speaks utf-16; for the other encodings a position's character is counted again over
// the oracle's own line. It is created anew before each edit: its incremental line table does not
// see a \r and a \n that an edit brings together, its text and a fresh table do.
import { spawnSync } from "node:child_process";

const [driver, sequences = "10000"] = process.argv.slice(2);
let TextDocument;
try {
  ({ TextDocument } = await import("vscode-languageserver-textdocument"));
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.log("skipped: vscode-languageserver-textdocument is not installed (npm ci in tests/)");
  process.exit(77);
}

let state = 20260101;
function random(limit) {  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % limit;
}

const alphabet =
  ["a", "bc", " ", "\n", "\n", "\r\n", "\r", "é", "中", "😀", "𝒳", "\t", "word_", "\u2028"];
const randomPiece = () => alphabet[random(alphabet.length)];
const randomText = (pieces) => Array.from({ length: pieces }, randomPiece).join("");
const hex = (text) => Buffer.from(text, "utf8").toString("hex") || "-";
const create = (text) => TextDocument.create("file:///a", "text", 1, text);
const bytes = (text) => Buffer.byteLength(text, "utf8");

const count = {
  "utf-8": bytes,
  "utf-16": (text) => text.length,
  "utf-32": (text) => [...text].length,
};

// An offset in code units, never between two surrogates.
function randomOffset(text) {
  const offset = random(text.length + 1);
  return /[\uDC00-\uDFFF]/.test(text.charAt(offset)) ? offset - 1 : offset;
}

// Now and then past the end of the line or of the text.
function randomPosition(oracle) {
  const position = oracle.positionAt(randomOffset(oracle.getText()));
  if (random(8) === 0) position.character += oracle.getText().length + random(5);
  if (random(16) === 0) position.line += oracle.lineCount + random(3);
  return position;
}

function inEncoding(oracle, { line, character }, encoding) {
  if (line >= oracle.lineCount) return `${line} ${character}`;
  const start = oracle.offsetAt({ line, character: 0 });
  const before = oracle.getText().slice(start, oracle.offsetAt({ line, character }));
  const past = Math.max(0, character - before.length);
  return `${line} ${count[encoding](before) + past}`;
}

const commands = [];
const expected = [];
const ask = (command, answer) => {
  commands.push(command);
  expected.push(String(answer));
};

function askAboutPositions(oracle, encoding) {
  const text = oracle.getText();
  const position = randomPosition(oracle);
  const before = text.slice(0, oracle.offsetAt(position));
  ask(`offset ${inEncoding(oracle, position, encoding)}`, bytes(before));
  const offset = randomOffset(text);
  const back = inEncoding(oracle, oracle.positionAt(offset), encoding);
  ask(`position ${bytes(text.slice(0, offset))}`, back);
}

function sequence(edits, encoding) {
  let oracle = create(randomText(random(20)));
  ask(`open ${encoding} ${hex(oracle.getText())}`, oracle.lineCount);
  for (let i = 0; i < edits; ++i) {
    askAboutPositions(oracle, encoding);
    let [start, end] = [randomPosition(oracle), randomPosition(oracle)];
    if (oracle.offsetAt(start) > oracle.offsetAt(end)) [start, end] = [end, start];
    const text = randomText(random(5));
    const where = `${inEncoding(oracle, start, encoding)} ${inEncoding(oracle, end, encoding)}`;
    TextDocument.update(oracle, [{ range: { start, end }, text }], i + 2);
    oracle = create(oracle.getText());
    ask(`edit ${where} ${hex(text)}`, oracle.lineCount);
  }
  askAboutPositions(oracle, encoding);
  ask("text", hex(oracle.getText()));
}

for (let i = 0; i < Number(sequences); ++i) {
  const seed = state;
  for (const encoding of Object.keys(count)) {
    state = seed;  // the same edits in each encoding
    sequence(3 + (i % 8), encoding);
  }
}

const input = commands.join("\n") + "\n";
const run = spawnSync(driver, { input, maxBuffer: 1 << 30, encoding: "utf8" });
if (run.status !== 0) throw new Error(`the driver failed: ${run.stderr}`);
const answers = run.stdout.trimEnd().split("\n");
let wrong = answers.length === expected.length ? 0 : 1;
expected.forEach((answer, i) => {
  if (answers[i] === answer) return;
  if (++wrong > 5) return;
  console.error(`command ${i}: ${commands[i]}: expected ${answer}, got ${answers[i]}`);
});
console.log(`${sequences} sequences in 3 encodings, ${expected.length} answers, ${wrong} wrong`);
process.exit(wrong === 0 ? 0 : 1);
