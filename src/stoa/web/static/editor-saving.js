// Saves a draft by itself: some seconds after the last key, and at least every 20 while somebody writes. Where it may not
// (readers see the text, or it is somebody else's), the browser keeps what was written. Says in words what became of it.

import { make } from "./dom.js";

const PAUSE = 3000;
const LONGEST = 20000;
const AGAIN = 5000;

const clock = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export function keepSaving(form, page) {
  let timer = 0;
  let since = 0;
  let typedCount = 0;
  let underWay = null;
  let isStopped = false;

  const isDue = () => form.dataset.autosave && !isStopped;
  const title = form.elements.title;

  function typed() {
    typedCount += 1;
    since ||= Date.now();
    soon(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  }

  function soon(pause) {
    clearTimeout(timer);
    timer = setTimeout(act, pause);
  }

  function act() {
    if (underWay || isStopped) return;
    page.keep();
    if (!isDue()) return page.say("Not saved yet, kept in this browser");
    if (!title.value.trim()) return page.say("Not saved yet: give it a title");
    if (!form.elements.version && document.activeElement === title) return soon(PAUSE); // its address is made of it
    underWay = save().finally(() => {
      underWay = null;
    });
  }

  async function save() {
    const count = typedCount;
    since = 0;
    page.say("Saving");
    const sent = new FormData(form);
    for (const name of ["act", "publish_at", "cover_file"]) sent.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: sent, headers: { "X-CSRF-Token": sent.get("csrf_token") } });
      const isJson = answer.headers.get("content-type")?.includes("json");
      const said = isJson ? await answer.json() : {};
      if (answer.ok && isJson) taken(said, count);
      else refused(answer.status, said);
    } catch {
      page.say("Offline: kept in this browser");
      soon(AGAIN);
    }
  }

  function taken(said, count) {
    if (!form.elements.version) form.prepend(make("input", { type: "hidden", name: "version" }));
    form.elements.version.value = said.version;
    form.setAttribute("action", said.url);
    form.dataset.autosave = `${said.url}/autosave`;
    form.dataset.article = said.id;
    if (location.pathname !== said.url) history.replaceState(history.state, "", said.url);
    if (count === typedCount) {
      page.saved();
      page.say(`Saved ${clock()}`);
    } else {
      page.say("Not saved yet");
      soon(PAUSE);
    }
  }

  function refused(status, said) {
    if (status === 412) {
      isStopped = true;
      const look = make("button", { type: "submit", name: "act", value: "save", className: "link-button editor-lost", textContent: "look at both" });
      look.setAttribute("form", form.id);
      return page.say("Somebody else saved: ", look);
    }
    if (status === 401 || status === 403) return page.say("You are signed out: kept in this browser");
    if (status === 409) {
      isStopped = !said.errors?.length;
      return page.say(said.errors?.length ? said.detail : "Not saved by itself any more: save it by hand");
    }
    if (status === 413 || status === 422) return page.say(`Not saved: ${said.errors?.[0]?.message ?? said.detail ?? "it is too long."}`);
    page.say("The server cannot save now: kept in this browser");
    soon(AGAIN);
  }

  addEventListener("online", () => since && soon(0));
  return {
    typed,
    isUnderWay: () => underWay !== null,
    settled: () => underWay ?? Promise.resolve(),
    stop: () => clearTimeout(timer),
  };
}
