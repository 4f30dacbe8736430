// Help by models while writing. What comes is shown beside the text, with who wrote it and what it cost; it enters the
// article only where the author takes it, and the browser's own undo takes it back.

import { make } from "./dom.js";
import { put } from "./editor-text.js";

const form = document.querySelector("[data-editor]");
const panel = document.querySelector("[data-assistant]");
const part = (name) => panel.querySelector(`[data-assistant-${name}]`);
const body = form.elements.body;
const LABELS = { draft: "Topic or outline", continue: "What comes next (if you know it)", alt: "File name or caption of the picture" };
const CHOICES = new Set(["titles", "tags"]);
let call = null;

function shown() {
  const { value } = part("tool");
  for (const one of panel.querySelectorAll("[data-for]")) one.hidden = !one.dataset.for.split(" ").includes(value);
  part("label").textContent = LABELS[value] ?? "";
}

// What is worked on: the selection as it stood when asked, else all of the text.

function place() {
  const { selectionStart, selectionEnd, value } = body;
  if (selectionEnd > selectionStart) return { from: selectionStart, until: selectionEnd, text: value.slice(selectionStart, selectionEnd), isAll: false };
  return { from: 0, until: value.length, text: value, isAll: true };
}

async function knownTags() {
  try {
    const answer = await fetch("/api/v1/tags?limit=100");
    return answer.ok ? (await answer.json()).items.map((tag) => tag.name).filter((name) => name.length <= 60) : [];
  } catch {
    return [];
  }
}

async function asked() {
  const tool = part("tool").value;
  const at = place();
  const sent = { tool, text: at.text.slice(0, 100_000), title: form.elements.title.value.trim().slice(0, 300) };
  if (tool in LABELS) sent.instruction = part("instruction").value.trim();
  if (tool === "tone") sent.tone = part("tone").value;
  if (tool === "tags") sent.known_tags = await knownTags();
  return { sent, at };
}

// Asking

const headers = () => ({ "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf_token.value });

async function ask() {
  if (call) return;
  const mine = { text: "", id: null, ending: null, stopper: new AbortController() };
  call = mine;
  offer();
  part("state").textContent = "Being written …";
  part("go").disabled = true;
  part("stop").hidden = false;
  try {
    const { sent, at } = await asked();
    mine.tool = sent.tool;
    mine.at = at;
    const answer = await fetch("/api/v1/ai/edit/stream", { method: "POST", headers: headers(), body: JSON.stringify(sent), signal: mine.stopper.signal });
    if (!answer.ok) mine.ending = await refusal(answer);
    else await follow(answer, mine);
  } catch {
    mine.ending ??= mine.stopper.signal.aborted ? "Stopped." : "The line to the server broke. Try again.";
  }
  call = null;
  part("go").disabled = false;
  part("stop").hidden = true;
  part("state").textContent = mine.ending ?? (mine.text.trim() ? "" : "Nothing came of it. Try other words.");
  if (mine.text.trim()) finish(mine);
  else part("offer").hidden = true;
}

async function refusal(answer) {
  try {
    const told = await answer.json();
    return told.errors?.[0]?.message ?? told.detail;
  } catch {
    return `The server answered ${answer.status}. Try again.`;
  }
}

async function follow(answer, mine) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) hear(event, mine);
  }
  mine.ending ??= mine.isDone ? null : "The answer broke off.";
}

function hear(event, mine) {
  const [name, data] = event.split("\n");
  const told = JSON.parse(data.slice("data: ".length));
  switch (name.slice("event: ".length)) {
    case "start":
      mine.id = told.id;
      mine.who = told.provider === "stoa" ? "made without a model" : `${told.provider}/${told.model}`;
      break;
    case "delta":
      mine.text += told.text;
      part("text").textContent = mine.text;
      break;
    case "usage":
      mine.used = told;
      break;
    case "error":
      mine.ending = told.status === "stopped" ? "Stopped." : told.detail;
      break;
    default:
      mine.isDone = true;
  }
}

// What was offered

function cost({ input_tokens, output_tokens, cost_micro_usd }) {
  const tokens = `${(input_tokens + output_tokens).toLocaleString("en")} tokens`;
  if (cost_micro_usd === null) return `${tokens}, price unknown`;
  if (cost_micro_usd === 0) return `${tokens}, no cost`;
  return `${tokens}, $${(cost_micro_usd / 1e6).toFixed(6).replace(/0{1,4}$/u, "")}`;
}

function button(words, act, kind = "quiet") {
  const made = make("button", { type: "button", className: `button button-${kind} button-small`, textContent: words });
  made.addEventListener("click", () => act(made));
  return made;
}

function offer() {
  part("offer").hidden = false;
  part("text").hidden = false;
  part("text").textContent = "";
  part("facts").textContent = "";
  part("choices").replaceChildren();
  part("acts").replaceChildren();
}

function lines(text) {
  return [...new Set(text.split("\n").map((line) => line.replace(/^\s*(?:[-*•]|\d{1,2}[.)])\s+/u, "").replace(/^["“*]+|["”*]+$/gu, "").trim()))].filter((line) => line && !line.endsWith(":"));
}

function finish(mine) {
  part("facts").textContent = [mine.who, mine.used ? cost(mine.used) : ""].filter(Boolean).join(" · ");
  const acts = CHOICES.has(mine.tool) ? [] : TAKES[mine.tool](mine);
  if (CHOICES.has(mine.tool)) {
    part("text").hidden = true;
    part("choices").replaceChildren(...lines(mine.text).map((line) => make("li", {}, make("span", { textContent: line }), mine.tool === "titles" ? button("Use as title", () => fill("title", line), "secondary") : button("Add", (pressed) => addTag(line, pressed), "secondary"))));
  }
  acts.push(button("Copy", async (pressed) => {
    await navigator.clipboard.writeText(mine.text);
    pressed.textContent = "Copied";
  }), button("Again", ask));
  for (const [words, rating] of [["Good", 1], ["Bad", -1]]) acts.push(button(words, (pressed) => rate(mine.id, rating, pressed)));
  part("acts").replaceChildren(...acts);
  part("offer").scrollIntoView({ block: "nearest" });
}

async function rate(id, rating, pressed) {
  const answer = await fetch("/api/v1/ai/feedback", { method: "POST", headers: headers(), body: JSON.stringify({ id, rating }) });
  if (!answer.ok) return;
  for (const one of pressed.parentElement.querySelectorAll("[aria-pressed]")) one.removeAttribute("aria-pressed");
  pressed.setAttribute("aria-pressed", "true");
}

// Taking it

function took(words) {
  part("state").textContent = words;
}

function insert({ text, at }, where) {
  body.focus();
  const spot = where === "end" ? Math.min(at.until, body.value.length) : body.selectionEnd;
  body.setSelectionRange(spot, spot);
  const before = body.value.slice(0, spot);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  put(body, `${gap}${text.trim()}\n`);
  took("It stands in the text. Undo takes it back.");
}

function replace({ text, at }) {
  if (body.value.slice(at.from, at.until) !== at.text) return took("The text has changed since. Copy it, or ask again.");
  body.focus();
  body.setSelectionRange(at.from, at.until);
  put(body, at.text.endsWith("\n") ? `${text.trim()}\n` : text.trim());
  took("It stands in the text. Undo takes it back.");
}

function fill(name, text) {
  const field = form.elements[name];
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.focus();
  field.select();
  put(field, text.trim());
  took("It stands in its field. Undo takes it back.");
}

function addTag(name, pressed) {
  const field = form.elements.tags;
  const there = field.value.split(",").map((one) => one.trim()).filter(Boolean);
  if (!there.some((one) => one.toLowerCase() === name.toLowerCase())) {
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    put(field, `${there.length && !/,\s*$/u.test(field.value) ? ", " : ""}${name}`);
  }
  pressed.disabled = true;
  pressed.textContent = "Added";
}

const rewritten = (mine) => [button(mine.at.isAll ? "Replace the text" : "Replace what was selected", () => replace(mine), "secondary"), button("Insert below", () => insert(mine, "end"))];
const TAKES = {
  draft: (mine) => [button("Insert at the cursor", () => insert(mine, "cursor"), "secondary")],
  continue: (mine) => [button("Insert below", () => insert(mine, "end"), "secondary")],
  shorten: rewritten,
  tone: rewritten,
  summary: ({ text }) => [button("Use as lead", () => fill("lead", text), "secondary")],
  meta: ({ text }) => [button("Use as description", () => fill("meta_description", text), "secondary")],
  alt: ({ text }) => [button("Use for the cover", () => fill("cover_alt", text), "secondary")],
};

if (panel) {
  part("tool").addEventListener("change", shown);
  part("go").addEventListener("click", ask);
  part("stop").addEventListener("click", () => {
    if (!call) return;
    if (call.id) fetch(`/api/v1/ai/calls/${call.id}/stop`, { method: "POST", headers: headers() });
    else call.stopper.abort();
  });
  shown();
}
