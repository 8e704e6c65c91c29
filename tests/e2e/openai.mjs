// The official client of OpenAI's API against the endpoint: openai.mjs URL TOKEN. Exits 77 where it
// is not installed (npm ci in tests/). With a third argument the model is one that chats.
import assert from "node:assert/strict";

const [url, apiKey, chats] = process.argv.slice(2);
let OpenAI;
try {
  ({ default: OpenAI } = await import("openai"));
} catch (error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  console.log("skipped: openai is not installed (npm ci in tests/)");
  process.exit(77);
}

const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
const prompt = "def area(width, height):\n    return width * ";

const models = [];
for await (const model of client.models.list()) models.push(model.id);
assert.equal(models.length, 1);
const [model] = models;

const whole = await client.completions.create({ model, prompt, max_tokens: 8, temperature: 0 });
assert.equal(whole.object, "text_completion");
assert.ok(whole.choices[0].text.length > 0);
assert.ok(["length", "stop"].includes(whole.choices[0].finish_reason));
assert.ok(whole.usage.completion_tokens <= 8);

const stream = await client.completions.create({
  model, prompt, max_tokens: 8, temperature: 0, stream: true,
  stream_options: { include_usage: true } });
let text = "";
let usage;
for await (const chunk of stream) {
  text += chunk.choices[0]?.text ?? "";
  usage = chunk.usage ?? usage;
}
assert.equal(text, whole.choices[0].text);
assert.equal(usage.completion_tokens, whole.usage.completion_tokens);

const filled = await client.completions.create({
  model, prompt: "def area(width, height):\n    return ", suffix: "\n\nprint(area(2, 3))\n",
  max_tokens: 16, temperature: 0, stop: "\n" });
assert.ok(!filled.choices[0].text.includes("\n"));

// One that is given up halfway, and the connection goes on to be used.
const given = await client.completions.create({ model, prompt, max_tokens: 500, stream: true });
for await (const chunk of given) {
  assert.ok(chunk.id);
  break;
}

const messages = [
  { role: "system", content: "Be brief." }, { role: "user", content: [{ type: "text", text: "Hi" }] }];
if (chats) {
  const said = await client.chat.completions.create(
    { model, messages, max_completion_tokens: 12, temperature: 0 });
  assert.equal(said.object, "chat.completion");
  assert.equal(said.choices[0].message.role, "assistant");
  assert.ok(said.choices[0].message.content.length > 0);
  assert.ok(said.usage.completion_tokens <= 12);
  const words = client.chat.completions.stream({
    model, messages, max_completion_tokens: 12, temperature: 0,
    stream_options: { include_usage: true } });
  const final = await words.finalChatCompletion();
  assert.equal(final.choices[0].message.role, "assistant");
  assert.equal(final.choices[0].message.content, said.choices[0].message.content);
  assert.equal(final.choices[0].finish_reason, said.choices[0].finish_reason);
  assert.equal((await words.totalUsage()).completion_tokens, said.usage.completion_tokens);
  const broken = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of broken) {
    assert.equal(chunk.object, "chat.completion.chunk");
    break;
  }
  await assert.rejects(
    client.chat.completions.create({ model, messages: [{ role: "tool", content: "x" }] }),
    (error) => error instanceof OpenAI.BadRequestError && error.message.includes("'role'"));
} else {
  await assert.rejects(
    client.chat.completions.create({ model, messages }),
    (error) => error instanceof OpenAI.BadRequestError && error.code === "model_not_instruct");
}
await assert.rejects(
  client.completions.create({ model, prompt, n: 2 }),
  (error) => error instanceof OpenAI.BadRequestError && error.message.includes("'n'"));
await assert.rejects(
  new OpenAI({ baseURL: `${url}/v1`, apiKey: "wrong", maxRetries: 0 }).models.list(),
  (error) => error instanceof OpenAI.AuthenticationError);
