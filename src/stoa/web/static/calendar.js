// The calendar in the reader's own time zone: entries move to their local day, times and forms too. Without it all is UTC.

const two = (value) => String(value).padStart(2, "0");
const dayOf = (when) => `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
const clockOf = (when) => `${two(when.getHours())}:${two(when.getMinutes())}`;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "your time zone";
const days = new Map([...document.querySelectorAll("[data-day]")].map((cell) => [cell.dataset.day, cell]));

const entries = [...document.querySelectorAll("[data-entry]")].sort((one, other) => one.dataset.at.localeCompare(other.dataset.at));
const around = document.querySelector("[data-around]");
for (const entry of entries) {
  const when = new Date(entry.dataset.at);
  (days.get(dayOf(when))?.querySelector(".entries") ?? around).append(entry);
  entry.querySelector("[data-clock]").textContent = clockOf(when);
  const form = entry.querySelector("[data-mover]");
  if (!form) continue;
  form.querySelector("[data-day-field]").value = dayOf(when);
  form.querySelector("[data-time-field]").value = clockOf(when);
}

const today = dayOf(new Date());
for (const [name, cell] of days) {
  cell.classList.toggle("is-empty", cell.querySelector("[data-entry]") === null);
  cell.classList.toggle("is-today", name === today);
  if (name === today) cell.setAttribute("aria-current", "date");
  else cell.removeAttribute("aria-current");
}

for (const form of document.querySelectorAll("[data-mover]")) {
  form.querySelector("[data-zone]").textContent = "";
  form.addEventListener("submit", () => {
    const when = new Date(`${form.elements.day.value}T${form.elements.time.value}`);
    if (!Number.isNaN(when.getTime())) form.querySelector("[data-exact]").value = when.toISOString();
  });
}
document.querySelector("[data-zone-told]").textContent = `Times are those of ${zone.replaceAll("_", " ")}.`;

// One open entry at a time; Escape closes it.
const open = () => document.querySelectorAll(".entry details[open]");
addEventListener("click", ({ target }) => {
  for (const one of open()) if (!one.contains(target)) one.open = false;
});
addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const one of open()) {
    one.open = false;
    one.querySelector("summary").focus();
  }
});
