// Asks a site through OpenAI's SDK for Node, and tells what it got as one line of JSON.
const { OpenAI } = require("openai");

const { ADDRESS, KEY, NAMED } = process.env;
const client = new OpenAI({ baseURL: ADDRESS, apiKey: KEY, maxRetries: 0 });
const messages = [{ role: "user", content: "one two three" }];
const ask = (manner, more = {}) => ({ model: `${NAMED}/fake-${manner}`, messages, ...more });

async function fault(work) {
  try {
    await work();
  } catch (error) {
    return { kind: error.constructor.name, status: error.status };
  }
  return "no fault";
}

async function main() {
  const told = {};
  const plain = await client.chat.completions.create(ask("ok"));
  told.plain = plain.choices[0].message.content;
  told.streamed = "";
  const options = { stream: true, stream_options: { include_usage: true } };
  for await (const chunk of await client.chat.completions.create(ask("ok", options))) {
    told.streamed += chunk.choices[0]?.delta.content ?? "";
    told.usage = chunk.usage?.completion_tokens;
  }
  const tools = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];
  told.tool = (await client.chat.completions.create(ask("ok", { tools }))).choices[0].message.tool_calls[0].function;
  const vectors = { model: `${NAMED}/fake-ok`, input: ["one", "two"], encoding_format: "float" };
  told.vectors = (await client.embeddings.create(vectors)).data.length;
  let heard = "";
  const cut = await fault(async () => {
    for await (const chunk of await client.chat.completions.create(ask("cut-3", { stream: true }))) {
      heard += chunk.choices[0]?.delta.content ?? "";
    }
  });
  told.cut = { kind: cut.kind, heard };
  told.refused = await fault(() => client.chat.completions.create(ask("404")));
  told.unknown = await fault(() => client.chat.completions.create({ model: "no-such", messages }));
  const stranger = new OpenAI({ baseURL: ADDRESS, apiKey: "sk-wrong", maxRetries: 0 });
  told.stranger = await fault(() => stranger.chat.completions.create(ask("ok")));
  console.log(JSON.stringify(told));
}

main();
