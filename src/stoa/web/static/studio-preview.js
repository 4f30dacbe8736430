// The preview beside the editor: asks the server a moment after the last key, and says when it cannot be reached.

const PAUSE = 350;
const AGAIN = 4000;

export function showPreview(form, pane, isUnsaved, tellMinutes) {
  const body = form.elements.body;
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
    if (status === 401 || status === 403) return "You are signed out. Sign in in another tab and load this page again: your text can be brought back.";
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
      tellMinutes(said.reading_minutes);
      say(isUnsaved() ? "As you write" : "");
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

  // Beside a long text the preview goes along with it, unless somebody reads there.
  function follow() {
    const box = body.getBoundingClientRect();
    const way = box.height - innerHeight;
    if (way <= 0 || pane.matches(":hover, :focus-within")) return;
    page.scrollTop = Math.min(1, Math.max(0, -box.top / way)) * (page.scrollHeight - page.clientHeight);
  }

  body.addEventListener("input", () => {
    heads();
    soon();
  });
  addEventListener("scroll", follow, { passive: true });
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
