// The bell: the count of unread notifications, kept true while the page is open. Of several tabs one listens to the
// server and tells the others, since a browser allows a site few connections at once.
import { icon, make } from "./dom.js";

const STREAM = "/api/v1/notifications/stream";
const COUNT = "/api/v1/notifications/unread-count";
const SHOWN_FOR = 8000;
const MOST_SHOWN = 3;
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60_000;

const bell = document.querySelector("[data-bell]");
const name = `stoa-notifications-${bell.dataset.bell}`; // of this person: another may sign in beside an old tab
const shown = bell.querySelector("[data-bell-count]");
const status = make("p", { className: "visually-hidden", role: "status" });
const toasts = make("section", { className: "toasts", ariaLabel: "New notifications" });
const others = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
const heard = { last: 0, wait: FIRST_WAIT };
document.body.append(status, toasts);

const short = (count) => (count > 99 ? "99+" : String(count));
const inWords = (count) => `${count ? short(count) : "none"} unread`;

function count(unread) {
  bell.setAttribute("aria-label", `Notifications, ${inWords(unread)}`);
  shown.textContent = short(unread);
  shown.hidden = unread === 0;
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = unread ? `(${short(unread)}) ${title}` : title;
}

function toast(notification) {
  const link = make("a", { href: `/notifications/${notification.id}`, textContent: notification.title });
  const close = make("button", { type: "button", className: "icon-button", ariaLabel: "Dismiss" }, icon("close"));
  const box = make("div", { className: "toast toast-info" }, icon("bell"), make("p", {}, link), close);
  const isLookedAt = () => box.matches(":hover") || box.contains(document.activeElement);
  const leave = () => (isLookedAt() ? setTimeout(leave, SHOWN_FOR) : box.remove());
  close.addEventListener("click", () => box.remove());
  setTimeout(leave, SHOWN_FOR);
  if (toasts.childElementCount === MOST_SHOWN) toasts.firstElementChild.remove();
  toasts.append(box);
}

function show({ last, unread, notification, isReset }) {
  heard.last = Math.max(heard.last, last);
  count(unread);
  if (notification || isReset) for (const hint of document.querySelectorAll("[data-newer]")) hint.hidden = false;
  if (!notification || document.visibilityState !== "visible") return;
  toast(notification);
  status.textContent = `New notification: ${notification.title}. ${inWords(unread)}.`;
}

function tell(news) {
  show(news);
  others?.postMessage(news);
}

function listen() {
  const stream = new EventSource(heard.last ? `${STREAM}?last_event_id=${heard.last}` : STREAM);
  const hear = (kind, more) =>
    stream.addEventListener(kind, ({ data, lastEventId }) => {
      const told = JSON.parse(data);
      tell({ last: Number(lastEventId), unread: told.unread, ...more?.(told) });
    });
  stream.addEventListener("open", () => (heard.wait = FIRST_WAIT));
  hear("unread");
  hear("reset", () => ({ isReset: true }));
  hear("notification", (notification) => ({ notification }));
  // A cut connection the browser mends. After an answer that is no stream it gives up; we do only when signed out.
  stream.addEventListener("error", () => stream.readyState === EventSource.CLOSED && later());
}

// Nobody is signed in any more: there is nothing to come back to.
const isOver = (answer) => answer.status === 401 || answer.status === 403;

function later() {
  const wait = heard.wait * (0.75 + Math.random() / 2);
  heard.wait = Math.min(heard.wait * 2, LONGEST_WAIT);
  setTimeout(() => fetch(COUNT).then((answer) => isOver(answer) || listen(), later), wait);
}

if (others) others.addEventListener("message", ({ data }) => show(data));
count(Number(bell.dataset.unread));
// The lock is held as long as this tab is open; then the next in line listens.
if (others && navigator.locks) navigator.locks.request(name, () => new Promise(listen));
else listen();
