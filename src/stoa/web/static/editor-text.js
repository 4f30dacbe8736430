// Putting text into a field so that the browser's own undo takes it back, and Ctrl+B, Ctrl+I, Ctrl+K around what is selected.

export function put(field, text, select) {
  field.focus();
  const from = field.selectionStart;
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (select) field.setSelectionRange(from + select[0], from + select[1]);
}

const WRAPS = {
  b: (text) => [`**${text}**`, 2, 2 + text.length],
  i: (text) => [`*${text}*`, 1, 1 + text.length],
  k: (text) => [`[${text}](${"https:"}//)`, text.length + 3, text.length + 11],
};

export function wrapByKeys(field) {
  field.addEventListener("keydown", (event) => {
    const wrap = WRAPS[event.key.toLowerCase()];
    if (!wrap || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    const [text, from, until] = wrap(field.value.slice(field.selectionStart, field.selectionEnd));
    put(field, text, [from, until]);
  });
}
