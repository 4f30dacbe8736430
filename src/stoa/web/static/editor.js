// The editor: a preview beside the text as it is written, saving with Ctrl+S, a warning before unsaved text is lost.

const PAUSE = 350;
const AGAIN = 4000;
const KEPT = "stoa-editor-place";
const form = document.querySelector("[data-editor]");
const pane = document.querySelector("[data-preview]");
const body = form.elements.body;
const saveButton = document.querySelector("[data-save]");
let unsaved = form.hasAttribute("data-unsaved");
let leaving = false;

// What is unsaved

const saveState = document.querySelector("[data-save-state]");

function changed() {
  unsaved = true;
  if (saveState) saveState.textContent = "Not saved yet";
}

form.addEventListener("input", changed);
if (unsaved) changed();
form.addEventListener("submit", () => {
  leaving = true;
});
addEventListener("pageshow", () => {
  leaving = false;
});
addEventListener("beforeunload", (event) => {
  if (unsaved && !leaving) event.preventDefault();
});

// Saving by key: the page comes back where it was

function keepPlace() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ at: body.selectionStart, top: scrollY, focus: document.activeElement === body }));
  } catch {
    // the page comes back at its top
  }
}

function takePlace() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    sessionStorage.removeItem(KEPT);
    if (!kept) return;
    if (kept.focus) {
      body.focus({ preventScroll: true });
      body.setSelectionRange(kept.at, kept.at);
    }
    scrollTo(0, kept.top);
  } catch {
    // nothing was kept
  }
}

addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  if (leaving || event.repeat) return;
  keepPlace();
  form.requestSubmit(saveButton);
});

// What was done is said once, not again at a reload

const address = new URL(location.href);
if (address.searchParams.has("done")) {
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
  takePlace();
} else if (!form.querySelector("[aria-invalid]")) {
  sessionStorage?.removeItem?.(KEPT);
}
form.querySelector("[aria-invalid]")?.focus();

// How much it is

const counts = form.querySelector("[data-counts]");
const plural = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
let minutes = null;

function wordsOf(text) {
  if (!("Segmenter" in Intl)) return text.split(/\s+/u).filter((part) => /[\p{L}\p{N}]/u.test(part)).length;
  let words = 0;
  for (const part of new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(text)) words += part.isWordLike ? 1 : 0;
  return words;
}

function count() {
  const words = plural(wordsOf(body.value), "word");
  counts.textContent = minutes === null ? words : `${words}, ${minutes} min read`;
}

// How it looks

function preview() {
  const url = form.dataset.previewUrl;
  const page = pane.querySelector("[data-preview-page]");
  const prose = pane.querySelector("[data-preview-prose]");
  const empty = pane.querySelector("[data-preview-empty]");
  const state = pane.querySelector("[data-preview-state]");
  let request = null;
  let timer = 0;

  function say(text, isFault = false) {
    if (state.textContent !== text) state.textContent = text;
    state.classList.toggle("is-fault", isFault);
  }

  // The server's own sanitised HTML, the same that readers get.
  function show(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const top = page.scrollTop;
    prose.replaceChildren(made.content);
    page.scrollTop = top;
  }

  function refused(status, detail) {
    if (status === 401 || status === 403) return "You are signed out. Sign in in another tab, then go on here: your text stays.";
    if (status === 413 || status === 422) return detail ?? "The text is too long to be shown.";
    return "The server cannot show this now; the preview is not up to date.";
  }

  async function ask() {
    request?.abort();
    const mine = new AbortController();
    request = mine;
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": form.elements.csrf_token.value },
        body: JSON.stringify({ body: body.value }),
        signal: mine.signal,
      });
      const said = await answer.json();
      if (!answer.ok) return say(refused(answer.status, said.detail), true);
      show(said.html);
      minutes = said.reading_minutes;
      count();
      say(unsaved ? "As you write" : "");
    } catch (error) {
      if (error.name === "AbortError") return;
      say("The server cannot be reached; the preview is not up to date.", true);
      soon(AGAIN);
    }
  }

  function soon(pause = PAUSE) {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  }

  function heads() {
    pane.querySelector("[data-preview-title]").textContent = form.elements.title.value.trim();
    pane.querySelector("[data-preview-lead]").textContent = form.elements.lead.value.trim();
    empty.hidden = body.value.trim() !== "";
  }

  body.addEventListener("input", () => {
    heads();
    soon();
  });
  form.elements.title.addEventListener("input", heads);
  form.elements.lead.addEventListener("input", heads);
  addEventListener("online", () => soon(0));
  pane.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    link.target = "_blank"; // reading on must not close the editor
    link.rel = "noopener";
  });
  heads();
  if (body.value.trim()) soon(0);
}

let counting = 0;
body.addEventListener("input", () => {
  clearTimeout(counting);
  counting = setTimeout(count, 150);
});
count();
if (pane) preview();
