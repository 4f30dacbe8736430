// Notices on this device. Fills `<div data-push data-csrf="..." hidden>` with a sentence and a button, and loads the
// page again when something changed, so that its list of devices is right. Asks for permission on a click only.

import { make } from "./dom.js";

const API = "/api/v1/notifications/push";
const WORKER = "/service-worker.js";
const BLOCKED =
  "This browser blocks notices from this site. Allow them in the browser's settings for this site, then load this page again.";
const UNABLE =
  "This browser cannot take notices here. It needs an https address; on an iPhone or iPad, add the site to the home screen first.";
const place = document.querySelector("[data-push]");

async function call(method, path, body) {
  const headers = { "X-CSRF-Token": place.dataset.csrf };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(API + path, { method, headers, body: body && JSON.stringify(body) });
  const said = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(said.detail ?? "The site could not do that. Try again later.");
  return said;
}

function show(words, label, act) {
  const line = make("p", { className: "form-note", textContent: words, role: "status" });
  place.replaceChildren(line);
  place.hidden = false;
  if (!label) return;
  const button = make("button", { className: "button button-secondary", type: "button", textContent: label });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      line.textContent = error.message;
      button.disabled = false;
    }
  });
  place.append(make("div", { className: "form-end" }, button));
}

async function ready() {
  await navigator.serviceWorker.register(WORKER);
  return navigator.serviceWorker.ready;
}

async function start() {
  if ((await Notification.requestPermission()) !== "granted") {
    if (Notification.permission === "denied") show(BLOCKED);
    else throw new Error("Nothing changed: the browser's question was not answered.");
    return;
  }
  const { key } = await call("GET", "/key");
  const { pushManager } = await ready();
  await (await pushManager.getSubscription())?.unsubscribe(); // it may be bound to another key, or another person
  const made = await subscribe(pushManager, key);
  const { endpoint, keys } = made.toJSON();
  try {
    await call("POST", "/subscriptions", { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } });
  } catch (error) {
    await made.unsubscribe();
    throw error;
  }
  location.reload();
}

async function subscribe(pushManager, key) {
  try {
    return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (error) {
    throw new Error(`The browser could not reach its push service: ${error.message}`);
  }
}

async function stop(subscription, id) {
  await call("DELETE", `/subscriptions/${id}`);
  await subscription.unsubscribe();
  location.reload();
}

async function begin() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show(UNABLE);
  if (Notification.permission === "denied") return show(BLOCKED);
  const worker = await navigator.serviceWorker.getRegistration(WORKER);
  const subscription = await worker?.pushManager.getSubscription();
  const { items } = subscription ? await call("GET", "/subscriptions") : { items: [] };
  const known = items.find((item) => item.endpoint === subscription.endpoint);
  if (known) show("This device takes notices.", "Stop on this device", () => stop(subscription, known.id));
  else show("Notices can come to this device, also while the site is closed.", "Notify me on this device", start);
}

if (place) begin().catch((error) => show(error.message));
