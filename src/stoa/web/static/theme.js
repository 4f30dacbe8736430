// Light, dark or as the system wishes. The choice is kept by this browser; it is put on the root as soon as this file
// is here, which is before the style sheets are: nothing is painted in the wrong colours.

const KEY = "stoa-theme";
const ORDER = ["system", "light", "dark"];
const root = document.documentElement;

function chosen() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system"; // storage is closed to us: the system decides
  }
}

function apply(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
}

function keep(theme) {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // it lasts for this page only
  }
}

function name(button) {
  const now = root.dataset.theme ?? "system";
  const next = ORDER[(ORDER.indexOf(now) + 1) % ORDER.length];
  const text = { system: "as the system", light: "light", dark: "dark" };
  button.setAttribute("aria-label", `Colours: ${text[now]}. Change to ${text[next]}.`);
  button.title = `Colours: ${text[now]}`;
  return next;
}

apply(chosen());
addEventListener("storage", (event) => event.key === KEY && apply(event.newValue ?? "system"));

function start() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    name(button);
    button.addEventListener("click", () => {
      const next = name(button);
      apply(next);
      keep(next);
      name(button);
    });
  }
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
