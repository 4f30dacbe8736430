// The editor: a preview beside the text as it is written, saving with Ctrl+S, and unsaved text that is not lost: leaving
// asks first, and what was left or sent in vain (signed out, server gone) can be brought back (editor-kept.js).
// Drafts are saved by themselves (editor-saving.js); what readers see never is, the browser keeps that.

import { keptWriting } from "./editor-kept.js";
import { keepSaving } from "./editor-saving.js";
import { wrapByKeys } from "./editor-text.js";
import { showPreview } from "./studio-preview.js";

const PLACE = "stoa-editor-place";
const LEAVES_WITHIN = 15000;
const form = document.querySelector("[data-editor]");
const pane = document.querySelector("[data-preview]");
const body = form.elements.body;
const saveButton = document.querySelector("[data-save]");
let unsaved = form.hasAttribute("data-unsaved");
let leaving = false;
let isLate = false;

// What is unsaved

const saveState = document.querySelector("[data-save-state]");

const say = (...words) => saveState?.replaceChildren(...words);
const kept = keptWriting(form);
const saving = keepSaving(form, {
  say,
  keep: () => kept.keep(),
  saved: () => {
    unsaved = false;
    kept.forget();
  },
});

function changed(event) {
  if (event?.target.matches("[data-aside]")) return;
  unsaved = true;
  isLate = leaving;
  say("Not saved yet");
  if (!leaving) saving.typed();
}

function stay() {
  leaving = false;
  if (isLate) changed();
}

form.addEventListener("input", changed);
form.addEventListener("change", (event) => event.target.matches("select") && changed(event));
form.addEventListener("submit", (event) => {
  if (leaving) return event.preventDefault(); // pressed twice
  if (saving.isUnderWay()) {
    event.preventDefault();
    const { submitter } = event;
    saving.settled().then(() => form.requestSubmit(submitter));
    return;
  }
  saving.stop();
  leaving = true;
  kept.keep();
  setTimeout(stay, LEAVES_WITHIN); // still here: whoever waited for it has stopped it
});
addEventListener("pageshow", stay);

addEventListener("pagehide", () => unsaved && (!leaving || isLate) && kept.keep(isLate));
addEventListener("beforeunload", (event) => {
  if (unsaved && (!leaving || isLate)) event.preventDefault();
});

// Saving by key: the page comes back where it was

function keepPlace() {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ at: body.selectionStart, top: scrollY, focus: document.activeElement === body }));
  } catch {
    // the page comes back at its top
  }
}

function takePlace(isSaved) {
  try {
    const left = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
    sessionStorage.removeItem(PLACE);
    if (!left || !isSaved) return;
    if (left.focus) {
      body.focus({ preventScroll: true });
      body.setSelectionRange(left.at, left.at);
    }
    scrollTo(0, left.top);
  } catch {
    // nothing was kept
  }
}

addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  if (leaving || event.repeat || document.querySelector("dialog[open]")) return;
  keepPlace();
  form.requestSubmit(saveButton);
});

// A title is one line, however it wraps

form.elements.title.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  form.elements.lead.focus();
});

// What was done is said once, not again at a reload

const address = new URL(location.href);
const isSaved = address.searchParams.has("done");
if (unsaved) changed();
const lost = kept.lost(isSaved || unsaved);
takePlace(isSaved);
if (isSaved) {
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}
form.querySelector("[aria-invalid]")?.focus();

const offer = document.querySelector("[data-lost]");
if (lost && offer) {
  offer.hidden = false;
  offer.querySelector("button").addEventListener("click", () => {
    kept.bringBack(lost);
    offer.hidden = true;
    body.dispatchEvent(new Event("input", { bubbles: true }));
    body.focus();
  });
}

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

const check = form.querySelector("[data-check]");

function count() {
  const bare = (body.value.match(/!\[\s*\]\(/g) ?? []).length;
  check.textContent = bare ? `${plural(bare, "picture")} without a description` : "";
  const words = plural(wordsOf(body.value), "word");
  counts.textContent = minutes === null ? words : `${words}, ${minutes} min read`;
}

let counting = 0;
body.addEventListener("input", () => {
  clearTimeout(counting);
  counting = setTimeout(count, 150);
});
count();
wrapByKeys(body);
if (pane) {
  showPreview(form, pane, () => unsaved, (reading) => {
    minutes = reading;
    count();
  });
}
