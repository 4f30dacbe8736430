// The lists of the studio: choosing rows, and single keys. Without it every row has its box and every act its button.

const OFF = "stoa-keys-off"; // as shortcuts.js keeps it
const form = document.querySelector("[data-list]");

function areOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

if (form) {
  const rows = [...form.querySelectorAll("[data-row]")];
  const boxes = [...form.querySelectorAll("[data-choose]")];
  const all = form.querySelector("[data-choose-all]");
  const acts = form.querySelector(".list-acts");
  const told = form.querySelector("[data-chosen]");
  let at = -1;

  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    acts?.classList.toggle("has-chosen", chosen > 0);
    if (told) told.textContent = `${chosen} chosen:`;
    if (!all) return;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  };

  const go = (place) => {
    if (place < 0 || place >= rows.length) return;
    rows[at]?.classList.remove("is-at");
    at = place;
    rows[at].classList.add("is-at");
    rows[at].scrollIntoView({ block: "nearest" });
    rows[at].querySelector("[data-choose]")?.focus({ preventScroll: true });
  };

  const press = (key) => {
    const button = rows[at]?.querySelector(`[data-key="${key}"]`);
    button?.click();
    return Boolean(button);
  };

  const does = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    o: () => rows[at]?.querySelector("[data-open]")?.click(),
    x: () => rows[at]?.querySelector("[data-choose]")?.click(),
  };

  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  for (const [place, row] of rows.entries()) row.addEventListener("focusin", () => place !== at && go(place));

  // A box takes no letters, so that the keys work on it too.
  const isTyping = (target) => target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || areOff()) return;
    if (document.querySelector("dialog[open]")) return;
    if (does[event.key]) does[event.key]();
    else if (!/^[a-z]$/.test(event.key) || !press(event.key)) return;
    event.preventDefault();
  });
  form.classList.add("is-enhanced");
  show();
}
