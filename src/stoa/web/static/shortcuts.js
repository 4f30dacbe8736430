// Single keys: / to search, ? for this help. They can be turned off (WCAG 2.1.4), and keys typed into a field are never taken.

import { icon, make } from "./dom.js";

const OFF = "stoa-keys-off";
const KEYS = [
  ["/", "Search"],
  ["?", "This help"],
  ["↑ ↓", "Move through results"],
  ["Enter", "Open"],
  ["Esc", "Close"],
];
const WRITING = [
  ["Ctrl S", "Save"],
  ["Ctrl B", "Bold"],
  ["Ctrl I", "Italic"],
  ["Ctrl K", "Link"],
];
let sheet = null;

// What the keys of a list do, as the list itself says it (studio-lists.js has them work).
const listing = () => [...document.querySelectorAll("[data-keys-hint] > span")].map((one) => {
  const does = one.lastChild.textContent.trim();
  return [one.querySelector("kbd").textContent, does[0].toUpperCase() + does.slice(1)];
});

function areOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function turn(off) {
  try {
    localStorage.setItem(OFF, off ? "1" : "0");
  } catch {
    // it lasts for this page only
  }
}

function build() {
  const title = make("h2", { className: "sheet-title", id: "keys-title", textContent: "Keyboard shortcuts" });
  const close = make("button", { className: "icon-button", type: "button", ariaLabel: "Close" }, icon("close"));
  const list = make("dl", { className: "keys" });
  for (const [key, text] of [...KEYS, ...listing(), ...(document.querySelector("[data-editor]") ? WRITING : [])]) {
    list.append(make("dt", { textContent: text }), make("dd", {}, make("kbd", { textContent: key })));
  }
  const box = make("input", { type: "checkbox", id: "keys-on", checked: !areOff() });
  const choice = make("div", { className: "choice" }, box, make("label", { htmlFor: "keys-on", textContent: "Use single-key shortcuts" }));
  const made = make("dialog", { className: "sheet" }, make("div", { className: "sheet-head" }, title, close), list, choice);
  made.setAttribute("aria-labelledby", "keys-title");
  close.addEventListener("click", () => made.close());
  box.addEventListener("change", () => turn(!box.checked));
  made.addEventListener("click", (event) => event.target === made && made.close());
  document.body.append(made);
  return made;
}

function help() {
  sheet ??= build();
  if (!sheet.open) sheet.showModal();
}

function search() {
  const field = document.querySelector("main [data-search] input[type=search]") ?? document.querySelector("[data-search] input[type=search]");
  if (!field) return false;
  field.focus();
  field.select();
  return true;
}

const isTyping = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || areOff()) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "?") help();
  else if (event.key !== "/" || !search()) return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("[data-open-shortcuts]")) button.addEventListener("click", help);
