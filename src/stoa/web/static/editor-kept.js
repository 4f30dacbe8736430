// What was written and may not have arrived: kept in this tab, and offered where the same article is opened again. The
// version that was read is kept with it, so that it is not saved unseen over what came in between.

const LEFT = "stoa-editor-left";

export function keptWriting(form) {
  const place = () => form.dataset.article ?? form.getAttribute("action");
  const fields = () => [...form.querySelectorAll("input:not([type=hidden], [type=file]), textarea, select")];

  // `isLate`: typed while a save was on its way, so that the page which answers does not hold it.
  function keep(isLate = false) {
    const written = Object.fromEntries(fields().map((field) => [field.name, field.value]));
    const version = form.elements.version?.value;
    try {
      sessionStorage.setItem(LEFT, JSON.stringify({ place: place(), who: form.dataset.who, version, isLate, fields: written }));
    } catch {
      // too long for the browser's store: its own way back still has it
    }
  }

  function forget() {
    try {
      sessionStorage.removeItem(LEFT);
    } catch {
      // nothing was kept
    }
  }

  // What came back neither as saved nor in this form. `isAnswered`: the page answers what was sent from here.
  function lost(isAnswered) {
    try {
      const left = JSON.parse(sessionStorage.getItem(LEFT) ?? "null");
      const isHere = left?.who === form.dataset.who && (isAnswered ? left.isLate : left.place === place());
      if (isHere && fields().some((field) => !field.matches("[data-time]") && (left.fields[field.name] ?? field.value) !== field.value)) {
        return isAnswered ? { fields: left.fields } : left;
      }
    } catch {
      // nothing was kept
    }
    if (isAnswered) forget();
    return null;
  }

  function bringBack({ fields: written, version }) {
    for (const [name, value] of Object.entries(written)) if (form.elements[name]) form.elements[name].value = value;
    if (version && form.elements.version) form.elements.version.value = version;
  }

  return { keep, forget, lost, bringBack };
}
