// Chats: forms are sent without leaving the page, answers are followed while they are written, tabs tell each other.
// What is shown is always the server's own page: the script exchanges its thread and adds what comes in between.

const LOOK_EVERY = 20_000;
const NEAR = 160;
const here = document.querySelector("[data-chat]");
const chat = here?.dataset.chat;
const api = `/api/v1/chat/conversations/${chat}`;
const others = chat && "BroadcastChannel" in window ? new BroadcastChannel(`stoa-chat-${chat}`) : null;
let stream = null;

const thread = () => document.querySelector("[data-chat-thread]");
const composer = () => document.querySelector("[data-composer] textarea");
const isAtEnd = () => window.innerHeight + window.scrollY > document.documentElement.scrollHeight - NEAR;
const toEnd = () => window.scrollTo({ top: document.documentElement.scrollHeight });

function exchange(html) {
  const next = new DOMParser().parseFromString(html, "text/html");
  const found = next.querySelector("[data-chat-thread]");
  if (!found) return null;
  const wasAtEnd = isAtEnd();
  const isOpen = thread().querySelector(".chat-settings")?.open;
  thread().replaceWith(found);
  const settings = found.querySelector(".chat-settings");
  if (settings && isOpen) settings.open = true;
  document.title = next.title;
  document.querySelector(".chat-rail")?.replaceWith(next.querySelector(".chat-rail"));
  if (wasAtEnd) toEnd();
  follow();
  return next;
}

async function refresh() {
  const answer = await fetch(`/chat/${chat}`, { headers: { accept: "text/html" } });
  if (answer.ok) exchange(await answer.text());
}

function follow() {
  const answer = thread()?.querySelector("[data-answer]");
  if (stream && stream.answer === answer?.dataset.answer) return;
  stream?.source.close();
  stream = null;
  if (!answer) return;
  const text = answer.querySelector("[data-answer-text]");
  const id = answer.dataset.answer;
  const known = [...text.textContent].length;
  const mark = known ? `&last_event_id=${id}:${known}` : "";
  const source = new EventSource(`${api}/stream?message_id=${id}${mark}`);
  stream = { answer: id, source };
  const end = async () => {
    source.close();
    stream = null;
    await refresh();
    const status = thread().querySelector("[data-chat-status]");
    if (status) status.textContent = "The answer is there.";
    others?.postMessage("ended");
  };
  source.addEventListener("delta", ({ data }) => {
    const wasAtEnd = isAtEnd();
    text.append(JSON.parse(data).text);
    if (wasAtEnd) toEnd();
  });
  source.addEventListener("done", end);
  // An error of ours has data and is the end; one of the line has none, and the browser mends it by itself.
  source.addEventListener("error", (event) => {
    if (event.data) end();
    else if (source.readyState === EventSource.CLOSED) setTimeout(() => ((stream = null), refresh()), 2000);
  });
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  body.set("script", "1");
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const next = exchange(await answer.text());
    if (!next) return location.assign(answer.redirected ? answer.url : location.href);
    if ("composer" in form.dataset) {
      if (answer.ok) form.reset();
      else form.replaceWith(next.querySelector("[data-composer]"));
      composer()?.focus();
      if (answer.ok) toEnd();
    } else if (!answer.ok) document.querySelector("[data-composer]").replaceWith(next.querySelector("[data-composer]"));
    others?.postMessage("changed");
  } catch {
    form.submit(); // no line to the server: the browser says so
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  if (!chat || !("chatForm" in event.target.dataset)) return;
  event.preventDefault();
  if (event.target.matches("[data-composer]") && thread().querySelector("[data-answer]")) return;
  send(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && "chatText" in event.target.dataset) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "Escape" && chat) thread().querySelector(".chat-stop")?.requestSubmit();
});

document.addEventListener("click", async ({ target }) => {
  const copy = target.closest("[data-copy-answer]");
  if (!copy) return;
  await navigator.clipboard.writeText(copy.closest(".chat-answer").querySelector(".chat-text").innerText);
  copy.textContent = "Copied";
  setTimeout(() => (copy.textContent = "Copy"), 2000);
});

// Where another device went on: its answer is seen here as well.
async function look() {
  if (document.visibilityState !== "visible" || stream || thread().querySelector(".chat-edit")) return;
  const answer = await fetch(api);
  if (answer.ok && ((await answer.json()).leaf_id ?? "") !== thread().dataset.leaf) refresh();
}

if (chat) {
  // The first question is sent by a form of another page: a script follows its answer from here.
  others?.addEventListener("message", () => refresh());
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY);
  follow();
  if (!location.hash && thread().querySelector(".chat-message")) toEnd();
  if (!document.querySelector("[autofocus]") && matchMedia("(pointer: fine)").matches) composer()?.focus();
} else {
  document.querySelector("[data-chat-begin]")?.addEventListener("submit", ({ target }) => {
    if (!target.elements.script) target.append(Object.assign(document.createElement("input"), { type: "hidden", name: "script", value: "1" }));
  });
}
