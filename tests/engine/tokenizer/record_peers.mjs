// Records what two independent tokenizers say about awkward strings, as a test vector:
//
//   npm install --no-save node-llama-cpp @huggingface/tokenizers
//   node record_peers.mjs VOCABULARY.gguf COUNT SEED > VOCABULARY.vectors
//
// Each line is the text in hexadecimal, a tab, and the token ids that both peers gave it. Where they
// differ the line goes to standard error with both answers, and counts as no vector. Texts are valid
// Unicode and hold no special tokens, since the peers differ from lemma there on purpose.
import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import { getLlama } from "node-llama-cpp";

const [path, count, seed] = process.argv.slice(2);

function readMetadata(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 4;
  const number = (size, read) => ((at += size), read(at - size));
  const u32 = () => number(4, (place) => view.getUint32(place, true));
  const u64 = () => number(8, (place) => Number(view.getBigUint64(place, true)));
  const text = () => {
    const length = u64();
    at += length;
    return file.toString("utf8", at - length, at);
  };
  const readers = [
    () => number(1, (place) => view.getUint8(place)),
    () => number(1, (place) => view.getInt8(place)),
    () => number(2, (place) => view.getUint16(place, true)),
    () => number(2, (place) => view.getInt16(place, true)),
    u32,
    () => number(4, (place) => view.getInt32(place, true)),
    () => number(4, (place) => view.getFloat32(place, true)),
    () => number(1, (place) => view.getUint8(place) === 1),
    text,
    () => {
      const type = u32();
      return Array.from({ length: u64() }, () => readers[type]());
    },
    u64,
    () => number(8, (place) => Number(view.getBigInt64(place, true))),
    () => number(8, (place) => view.getFloat64(place, true)),
  ];
  u32();
  u64();
  return Object.fromEntries(Array.from({ length: u64() }, () => [text(), readers[u32()]()]));
}

const split = (pattern) => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior: "Isolated",
  invert: false,
});

const casedLetters = () => {
  const script = readFileSync(
    new URL("../../../engine/tokenizer/make_unicode_tables.py", import.meta.url),
    "utf8",
  );
  return script
    .match(/CASED_LETTERS = """([^"]*)"""/)[1]
    .trim()
    .split(/\s+/)
    .map((range) => range.split("-").map((point) => String.fromCodePoint(parseInt(point, 16))))
    .map((ends) => ends.join("-"))
    .join("");
};

const llama = (digits) =>
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" +
  digits +
  "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const capitals = (contraction, digits, others, before = "", without = "") => {
  const start = "[^\\r\\n\\p{L}\\p{N}]?";
  const upper = `${without}[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]`;
  const lower = `${without}[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]`;
  return (
    `${before}${start}(?:${upper})*(?:${lower})+${contraction}` +
    `|${start}(?:${upper})+(?:${lower})*${contraction}|\\p{N}${digits}` +
    `| ?[^\\s\\p{L}\\p{N}]+${others}|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`
  );
};
const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";
const gpt2 = "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const eastern = "[一-龥ࠀ-一가-퟿]+";
const digits = { type: "Digits", individual_digits: true };
const preTokenizers = {
  "deepseek-llm": () => [
    split("[\r\n]"),
    split(`\\s?[${casedLetters()}]+`),
    split("\\s?[!-/:-~！-／：-～‘-‟　-。]+"),
    split("\\s+$"),
    split(eastern),
    digits,
  ],
  "deepseek-coder": () => [
    split("[\r\n]"),
    split("\\s?\\p{L}+"),
    split("\\s?\\p{P}+"),
    split(eastern),
    digits,
  ],
  "deepseek-v3": () => [
    split("\\p{N}{1,3}"),
    split("[一-龥぀-ゟ゠-ヿ]+"),
    split(
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+" +
        "|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*" +
        "|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
    ),
  ],
  qwen2: () => [split(llama(""))],
  "llama-bpe": () => [split(llama("{1,3}"))],
  "seed-coder": () => [
    split(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}" +
        "| ?[^\\s\\p{L}\\p{N}\\r\\n]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
    ),
  ],
  "gpt-2": () => [split(gpt2)],
  starcoder: () => [digits, split(gpt2)],
  tekken: () => [split(capitals("", "", "[\\r\\n/]*"))],
  "gpt-4o": () => [split(capitals(contraction, "{1,3}", "[\\r\\n/]*"))],
  "kimi-k2": () => [
    split(capitals(contraction, "{1,3}", "[\\r\\n]*", "\\p{Script=Han}+|", "(?!\\p{Script=Han})")),
  ],
};

function makeHuggingFace(metadata) {
  const tokens = metadata["tokenizer.ggml.tokens"];
  const types = metadata["tokenizer.ggml.token_type"];
  const pre = metadata["tokenizer.ggml.pre"];
  const vocab = {};
  const added = [];
  tokens.forEach((content, id) => {
    if (types[id] === 1) vocab[content] = id;
    else {
      added.push({
        id, content, special: types[id] === 3,
        single_word: false, lstrip: false, rstrip: false, normalized: false,
      });
    }
  });
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  return new Tokenizer(
    {
      version: "1.0",
      added_tokens: added,
      normalizer: null,
      pre_tokenizer: { type: "Sequence", pretokenizers: [...preTokenizers[pre](), byteLevel] },
      post_processor: null,
      decoder: byteLevel,
      model: {
        type: "BPE", vocab, merges: metadata["tokenizer.ggml.merges"],
        ignore_merges: pre === "llama-bpe" || pre === "tekken", byte_fallback: false, fuse_unk: false,
      },
    },
    {},
  );
}

// Mulberry32.
function makeRandom(state) {
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % limit;
  };
}

const fragments = [
  " ", "  ", "   ", "\t", "\t\t", "\n", "\r\n", "\r", "\n\n", " \n ", "\v", "\f", "\u0085", "\u00a0",
  "\u2028", "\u3000", "\u2003", "\u200b", "\u200d", "\u00ad", "\u0000", "\u001f", "a", "word", "Word",
  "HTTPServer", "snake_case", "camelCase", "don't", "I'LL", "'s", "'S", "'re", "'", "\"", "''", "x1",
  "0", "12", "345", "67890", "3.14", "0x1F", "1e-5", "٣٤", "²", "½", "Ⅷ", "①", "၃", "(", ")", "{", "}",
  "[]", "();", "->", "=>", "::", "==", "!=", "<", ">", "<<", "+", "-", "--", "*", "/", "//", "#", "$",
  "%", "^", "~", "`", "|", "\\", "@", "_", "__", "...", ",", ";", ":", "?", "!", "—", "“", "’", "…",
  "。", "，", "！", "～", "「", "€", "©", "→", "∑", "║", "é", "e\u0301", "ü", "ß", "Ω", "ñ", "ö", "ÿ",
  "Привет", "Ѣ", "שלום", "مرحبا", "नमस्ते", "ไทย", "ខ្មែរ", "中文", "漢字", "龥", "龦", "ひらがな",
  "カタカナ", "ー", "한국어", "힣", "Ａｂ", "ǅ", "ƻ", "ʔ", "ꟼ", "𝒳", "𐐷", "𠀀", "😀", "👨‍👩‍👧", "🏳️‍🌈", "🇩🇪",
  "\ufe0f", "\u0300", "\ufffd", "\ufeff", "def f(x):\n    return x\n", "int main() {\n\treturn 0;\n}",
  "for (let i = 0; i < n; ++i)", "import os, sys\n", "    ", "        ", "\n    \n", "aaaaaaaaaaaaaaaa",
  "========", "--------", "xyzzyqwrtpsdfg",
];

function awkward(random) {
  let text = "";
  for (let parts = 1 + random(12); parts > 0; --parts) {
    const kind = random(10);
    if (kind < 8) text += fragments[random(fragments.length)].repeat(random(8) ? 1 : 1 + random(5));
    else if (kind === 8) text += String.fromCodePoint(0x20 + random(0x5f));
    else text += String.fromCodePoint(0xa0 + random(0x2f00));
  }
  return text;
}

const metadata = readMetadata(readFileSync(path));
const huggingFace = makeHuggingFace(metadata);
const engine = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await engine.loadModel({ modelPath: path, vocabOnly: true });
const random = makeRandom(Number(seed));
let differing = 0;
for (let index = 0; index < Number(count); ++index) {
  const text = awkward(random);
  const one = Array.from(model.tokenize(text, false)).join(" ");
  const other = huggingFace.encode(text, { add_special_tokens: false }).ids.join(" ");
  const hex = Buffer.from(text).toString("hex");
  if (one === other) console.log(`${hex}\t${one}`);
  else {
    ++differing;
    console.error(`${JSON.stringify(text)}\n  llama.cpp    ${one}\n  Hugging Face ${other}`);
  }
}
console.error(`${differing} of ${count} differ`);
await model.dispose();
