// Suggestions for topics while they are typed, as a combobox: arrows move, Enter takes, Escape closes. Without a script
// the field is the same, and takes names divided by commas.

import { make } from "./dom.js";

const field = document.querySelector("[data-tags]");
const list = make("ul", { className: "suggestions", id: "f_tags-list", role: "listbox", hidden: true });
let at = -1;
let timer = 0;
let request = null;

// The name that the cursor stands in.
function part() {
  const end = field.selectionStart;
  const from = field.value.lastIndexOf(",", end - 1) + 1;
  const rest = field.value.indexOf(",", end);
  return { from, until: rest < 0 ? field.value.length : rest, text: field.value.slice(from, end).trim() };
}

function close() {
  list.hidden = true;
  at = -1;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function mark(next) {
  const options = [...list.children];
  at = (next + options.length) % options.length;
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
  field.setAttribute("aria-activedescendant", options[at].id);
  options[at].scrollIntoView({ block: "nearest" });
}

function take(name) {
  const { from, until } = part();
  const after = field.value.slice(until).replace(/^,\s*/, "");
  const before = `${field.value.slice(0, from)}${from ? " " : ""}${name}, `;
  field.value = before + after;
  field.setSelectionRange(before.length, before.length);
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function show(names) {
  const there = new Set(field.value.split(",").map((name) => name.trim().toLowerCase()));
  const offered = names.filter((name) => !there.has(name.toLowerCase()));
  list.replaceChildren(...offered.map((name, place) => {
    const option = make("li", { id: `f_tags-${place}`, role: "option", textContent: name });
    option.setAttribute("aria-selected", "false");
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => take(name));
    return option;
  }));
  if (!offered.length) return close();
  at = -1;
  list.hidden = false;
  field.setAttribute("aria-expanded", "true");
}

async function ask() {
  request?.abort();
  const { text } = part();
  if (!text || document.activeElement !== field) return close();
  request = new AbortController();
  try {
    const answer = await fetch(`/api/v1/tags?limit=8&search=${encodeURIComponent(text)}`, { signal: request.signal });
    if (answer.ok) show((await answer.json()).items.map((tag) => tag.name).filter((name) => !name.includes(",")));
  } catch {
    // none are offered
  }
}

if (field) {
  const frame = make("div", { className: "suggesting" });
  field.replaceWith(frame);
  frame.append(field, list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) field.setAttribute(name, value);
  list.setAttribute("aria-label", "Topics");
  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.isTrusted) timer = setTimeout(ask, 150);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(list.children[at].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
}
