// What every page does once it is here: the way in and back, a menu that closes, fresh dates in people's words, and
// no broken image.

// After signing in, back to the page one was on; not to one that is kept from search engines: its address may be secret.
const wayIn = document.querySelector(".sign-in-link");
if (wayIn && location.pathname !== "/" && !document.querySelector('meta[name="robots"]')) {
  wayIn.search = new URLSearchParams({ next: location.pathname + location.search });
}

for (const menu of document.querySelectorAll("[data-menu]")) {
  addEventListener("click", ({ target }) => menu.contains(target) || menu.removeAttribute("open"));
  menu.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !menu.open) return;
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function ago(when) {
  const seconds = (Date.now() - when) / 1000;
  if (seconds < 0 || seconds > 7 * DAY) return null;
  if (seconds < MINUTE) return "just now";
  if (seconds < HOUR) return words.format(-Math.floor(seconds / MINUTE), "minute");
  if (seconds < DAY) return words.format(-Math.floor(seconds / HOUR), "hour");
  return words.format(-Math.floor(seconds / DAY), "day");
}

for (const time of document.querySelectorAll("time[datetime]")) {
  const text = ago(Date.parse(time.dateTime));
  if (text) time.textContent = text;
}

function missing(image) {
  const text = image.getAttribute("alt");
  image.classList.add("is-missing");
  image.hidden = true;
  if (!text || image.closest(".article-cover")) return;
  const note = document.createElement("span");
  note.className = "missing";
  note.textContent = `Image not available: ${text}`;
  (image.closest(".zoom") ?? image).after(note);
}

const failed = (image) => image.complete && image.naturalWidth === 0 && image.currentSrc !== "";

addEventListener("error", ({ target }) => target instanceof HTMLImageElement && !target.hidden && missing(target), true);
for (const image of document.images) if (failed(image)) missing(image);
