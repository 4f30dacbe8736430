// Pictures: chosen, dropped or pasted, sent to the server and put into the text or taken as the cover; and one's own again.

import { make } from "./dom.js";
import { put } from "./editor-text.js";

const form = document.querySelector("[data-editor]");
const body = form.elements.body;
const cover = form.elements.cover_url;
const state = form.querySelector("[data-picture-state]");
const chooser = make("input", { type: "file", accept: "image/jpeg,image/png,image/webp,image/gif", multiple: true, hidden: true });
let isForCover = false;
let sheet = null;

const say = (text) => {
  state.textContent = text;
};
const nameOf = (file) => (file.name || "picture").replace(/\.[a-z0-9]+$/i, "").replace(/[_-]+/g, " ").trim() || "picture";

function use(url, name) {
  if (!isForCover) return put(body, `![${name.replace(/[[\]\\]/g, "")}](${url})`);
  cover.value = url;
  cover.dispatchEvent(new Event("input", { bubbles: true }));
}

async function send(file) {
  const parts = new FormData();
  parts.set("file", file, file.name || "picture.png");
  const answer = await fetch("/api/v1/uploads", { method: "POST", body: parts, headers: { "X-CSRF-Token": form.elements.csrf_token.value } });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.errors?.[0]?.message ?? said.detail ?? "The server cannot take it now.");
  return said.url;
}

async function add(files) {
  const faults = [];
  for (const file of files) {
    say(`Uploading ${nameOf(file)}…`);
    try {
      use(await send(file), nameOf(file));
    } catch (error) {
      faults.push(`${nameOf(file)}: ${error instanceof TypeError ? "the server cannot be reached." : error.message}`);
    }
  }
  say(faults.length ? faults.join(" ") : files.length > 1 ? `${files.length} pictures added.` : "Picture added.");
}

const picturesIn = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));

function takes(field, forCover) {
  field.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
  for (const [kind, source] of [["drop", "dataTransfer"], ["paste", "clipboardData"]]) {
    field.addEventListener(kind, (event) => {
      const files = picturesIn(event[source]);
      if (!files.length) return;
      event.preventDefault();
      isForCover = forCover;
      add(forCover ? files.slice(0, 1) : files);
    });
  }
}

function choose(forCover) {
  isForCover = forCover;
  chooser.multiple = !forCover;
  chooser.click();
}

chooser.addEventListener("change", () => {
  const files = [...chooser.files];
  chooser.value = "";
  if (files.length) add(files);
});

// One's own pictures

function shown(picture) {
  const name = picture.name ? nameOf(picture) : "picture";
  const smallest = picture.srcset.split(" ", 1)[0] || picture.url;
  const image = make("img", { loading: "lazy", alt: name, srcset: picture.srcset, sizes: "160px", src: smallest });
  const button = make("button", { type: "button", className: "picture-choice" }, image);
  button.addEventListener("click", () => {
    sheet.close();
    use(picture.url, name);
  });
  return make("li", {}, button);
}

function build() {
  const close = make("button", { className: "button button-quiet button-small", type: "button", textContent: "Close" });
  const list = make("ul", { className: "picture-choices" });
  const words = make("p", { className: "conflict-none" });
  const more = make("button", { className: "button button-secondary button-small", type: "button", textContent: "Older ones", hidden: true });
  const head = make("div", { className: "sheet-head" }, make("h2", { className: "sheet-title", id: "pictures-title", textContent: "Your pictures" }), close);
  const made = make("dialog", { className: "sheet pictures" }, head, words, list, more);
  made.setAttribute("aria-labelledby", "pictures-title");
  let next = null;

  async function load(cursor) {
    words.textContent = "Looking…";
    try {
      const answer = await fetch(`/api/v1/uploads?limit=24${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const said = await answer.json();
      if (cursor) list.append(...said.items.map(shown));
      else list.replaceChildren(...said.items.map(shown));
      next = said.next_cursor;
      more.hidden = !next;
      words.textContent = list.children.length ? "" : "None yet. Choose, drop or paste one.";
    } catch {
      words.textContent = "They cannot be shown now.";
    }
  }

  more.addEventListener("click", () => load(next));
  close.addEventListener("click", () => made.close());
  made.addEventListener("click", (event) => event.target === made && made.close());
  document.body.append(made);
  made.load = load;
  return made;
}

function pick(forCover) {
  isForCover = forCover;
  sheet ??= build();
  sheet.showModal();
  sheet.load(null);
}

if (state) {
  form.append(chooser);
  chooser.dataset.aside = "";
  takes(body, false);
  takes(cover, true);
  form.querySelector("[data-add-picture]").addEventListener("click", () => choose(false));
  form.querySelector("[data-own-pictures]").addEventListener("click", () => pick(false));
  const upload = make("button", { type: "button", className: "button button-secondary button-small", textContent: "Choose a picture" });
  const own = make("button", { type: "button", className: "button button-quiet button-small", textContent: "Your pictures" });
  upload.addEventListener("click", () => choose(true));
  own.addEventListener("click", () => pick(true));
  cover.after(make("p", { className: "editor-pictures" }, upload, own));
}
