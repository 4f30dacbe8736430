// Shows notices that come while no page of the site is open, and leads to what they are about. Keeps no pages.

const HOME = "/notifications";

function own(url) {
  try {
    const found = new URL(url ?? HOME, location.origin);
    return found.origin === location.origin ? found.href : location.origin + HOME;
  } catch {
    return location.origin + HOME;
  }
}

function read(data) {
  try {
    return data.json() ?? {};
  } catch {
    return {}; // browsers take the right to push away from sites that show nothing
  }
}

async function show(data) {
  const told = read(data);
  await self.registration.showNotification(String(told.title || "There is something new"), {
    body: String(told.body || ""),
    tag: told.tag ? String(told.tag) : "",
    icon: "/static/icon.svg",
    data: { url: own(told.url) },
  });
}

async function lead(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = pages.find((page) => page.url === url);
  if (open) await open.focus();
  else await self.clients.openWindow(url);
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(own(event.notification.data?.url)));
});
