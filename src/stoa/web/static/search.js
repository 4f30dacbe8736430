// Results while typing, under every search field: a combobox as the ARIA practices draw it. Without this file the field
// is a plain form; when the service does not answer it is one again.

import { make } from "./dom.js";

const LIMIT = 6;
const PAUSE = 120;
const DAY = 86_400_000;
const USUAL = { tags_match: "any", sort: "rank" };
let count = 0;

// Takes only text and <mark> out of the service's HTML, whatever else may be in it.
function marked(html, tag, className) {
  const source = new DOMParser().parseFromString(html ?? "", "text/html").body;
  const parts = [...source.childNodes].map((node) =>
    node.nodeName === "MARK" ? make("mark", { textContent: node.textContent }) : node.textContent,
  );
  return make(tag, { className }, ...parts);
}

// People type the name of a topic, the API wants its slug.
function slugOf(name) {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

class InstantSearch {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.id = `search-results-${++count}`;
    this.list = make("div", { className: "search-results", id: this.id, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Results");
    this.status = make("div", { className: "visually-hidden" });
    this.status.setAttribute("role", "status");
    form.append(this.list, this.status);
    this.active = -1;
    this.describe();
    this.listen();
  }

  describe() {
    const roles = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.id };
    for (const [key, value] of Object.entries(roles)) this.input.setAttribute(key, value);
  }

  listen() {
    this.input.addEventListener("input", () => this.later());
    this.input.addEventListener("focus", () => this.list.childElementCount && this.show());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    for (const field of this.form.elements) {
      if (field !== this.input) field.addEventListener("change", () => this.later());
    }
    this.form.addEventListener("formdata", ({ formData }) => {
      for (const [name, value] of [...formData]) if (!value || USUAL[name] === value) formData.delete(name);
    });
    this.form.addEventListener("focusout", (event) => !this.form.contains(event.relatedTarget) && this.hide());
  }

  get query() {
    return this.input.value.trim();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  later() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (this.query.length < 2) {
      this.list.replaceChildren();
      this.hide();
      this.status.textContent = "";
    } else {
      this.timer = setTimeout(() => this.ask(this.query), PAUSE);
    }
  }

  // What the fields of the page's own form say, in the words of the API; days are whole and both included.
  filters() {
    const value = (name) => this.form.elements.namedItem(name)?.value.trim() ?? "";
    const midnight = (day, more) => (day ? new Date(Date.parse(`${day}T00:00:00Z`) + more * DAY).toISOString() : "");
    const sort = value("sort");
    const given = {
      tags: value("tags").split(",").map(slugOf).filter(Boolean).join(","),
      tags_match: value("tags_match"),
      author: value("author").replace(/^@/, "").replaceAll(" ", "-").toLowerCase(),
      from_date: midnight(value("from_date"), 0),
      to_date: midnight(value("to_date"), 1),
      sort: sort === "newest" || sort === "oldest" ? "published_at" : "",
      order: sort === "oldest" ? "asc" : "",
    };
    return Object.entries(given).filter(([, text]) => text);
  }

  async ask(query) {
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const parameters = new URLSearchParams([["search", query], ["limit", LIMIT], ...this.filters()]);
      const answer = await fetch(`/api/v1/articles?${parameters}`, { signal, headers: { accept: "application/json" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      const found = await answer.json();
      if (!signal.aborted) this.fill(query, found);
    } catch {
      if (!signal.aborted) this.hide(); // Enter still searches
    }
  }

  fill(query, { items, corrected }) {
    this.activate(-1);
    const rows = items.map((item) => this.option(item));
    const note = corrected && rows.length ? [make("p", { className: "search-note", textContent: `Showing results for “${corrected}”` })] : [];
    if (!rows.length) note.push(make("p", { className: "search-note", textContent: `Nothing matches “${query}” yet. Enter searches everything.` }));
    for (const one of note) one.setAttribute("role", "presentation");
    this.list.replaceChildren(...note, ...rows, ...(rows.length ? [this.all()] : []));
    this.options.forEach((option, at) => Object.assign(option, { id: `${this.id}-${at}`, tabIndex: -1 }));
    this.status.textContent = rows.length ? `${rows.length} results, use the arrow keys` : "No results";
    if (document.activeElement === this.input) this.show();
  }

  option({ slug, title, excerpt, highlight }) {
    const link = make("a", { className: "search-option", href: `/articles/${encodeURIComponent(slug)}`, role: "option" });
    const line = highlight?.title ? marked(highlight.title, "span", "search-option-title") : make("span", { className: "search-option-title", textContent: title });
    const text = highlight?.text ? marked(highlight.text, "span", "search-option-text") : make("span", { className: "search-option-text", textContent: excerpt ?? "" });
    link.append(line, text);
    return link;
  }

  all() {
    const parameters = new URLSearchParams(new FormData(this.form));
    return make("a", { className: "search-option search-option-all", href: `/search?${parameters}`, role: "option", textContent: "All results" });
  }

  show() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  hide() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.activate(-1);
  }

  activate(at) {
    this.active = at;
    this.options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    const option = this.options[at];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    if (event.isComposing) return;
    const open = !this.list.hidden;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown" && last >= 0) {
      if (!open) this.show();
      this.activate(this.active >= last ? -1 : this.active + 1);
    } else if (event.key === "ArrowUp" && last >= 0) {
      if (!open) this.show();
      this.activate(this.active < 0 ? last : this.active - 1);
    } else if (event.key === "Enter" && open && this.active >= 0) {
      this.options[this.active].click();
    } else if (event.key === "Escape" && open) {
      this.hide();
    } else if (event.key === "Escape") {
      this.input.blur();
      return;
    } else {
      return;
    }
    event.preventDefault();
  }
}

for (const form of document.querySelectorAll("[data-search]")) new InstantSearch(form);
