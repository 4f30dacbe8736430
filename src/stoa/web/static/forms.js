// What forms gain from a script: passwords that can be looked at, files that are not
// too large, and secrets that can be copied.
import { icon, make } from "./dom.js";

for (const field of document.querySelectorAll("[data-password]")) {
  const eye = make("button", { type: "button", className: "icon-button" }, icon("eye"));
  const name = (shown) => {
    field.type = shown ? "text" : "password";
    eye.setAttribute("aria-pressed", String(shown));
    eye.setAttribute("aria-label", shown ? "Hide the password" : "Show the password");
  };
  eye.addEventListener("click", () => name(field.type === "password"));
  field.form.addEventListener("submit", () => name(false)); // browsers keep what was typed into plain fields
  name(false);
  const focused = document.activeElement === field;
  const frame = make("div", { className: "password" });
  field.replaceWith(frame);
  frame.append(field, eye);
  if (focused) field.focus();
}

for (const field of document.querySelectorAll("[data-most-megabytes]")) {
  field.addEventListener("change", () => {
    const most = Number(field.dataset.mostMegabytes);
    const fits = (field.files[0]?.size ?? 0) <= most * 1024 * 1024;
    field.setCustomValidity(fits ? "" : `The file has more than ${most} MB. Choose a smaller one.`);
    field.reportValidity();
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.querySelector("span");
  button.addEventListener("click", async () => {
    const secret = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(secret.textContent);
      words.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(secret);
      words.textContent = "Press Ctrl+C";
    }
  });
}
