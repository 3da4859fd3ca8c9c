// Runs in the browser without a page: shows what arrives, and acknowledges from the notification.
"use strict";

const SHELL = "midwatch-push-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page as it last was, for when there is no network.
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(
    fetch(request).then(
      async (answer) => {
        if (answer.ok) (await caches.open(SHELL)).put(request, answer.clone());
        return answer;
      },
      async () => (await caches.match(request)) ?? Response.error(),
    ),
  );
});

const read = (event) => {
  try {
    return event.data.json();
  } catch {
    // Something must be shown for each message, or the browser takes the permission back.
    return { title: "Midwatch pages you", body: "The message could not be read. Open Midwatch.", sticky: true };
  }
};

self.addEventListener("push", (event) => {
  const message = read(event);
  const actions = [];
  if (message.ack_url) actions.push({ action: "acknowledge", title: "Acknowledge" });
  if (message.url) actions.push({ action: "open", title: "Open" });
  event.waitUntil(
    self.registration.showNotification(message.title, {
      body: message.body,
      tag: message.incident ?? "midwatch",
      renotify: true,
      requireInteraction: message.sticky === true,
      vibrate: message.sticky ? [400, 200, 400, 200, 800] : [200],
      actions,
      data: message,
    }),
  );
});

const show = (url) =>
  self.clients.matchAll({ type: "window" }).then((windows) => {
    const open = windows.find((page) => page.url === url);
    return open ? open.focus() : self.clients.openWindow(url);
  });

// Without the word in its body a request to the link changes nothing.
const send = async (message) => {
  try {
    const body = new URLSearchParams({ act: "acknowledge" });
    const answer = await fetch(message.ack_url, { method: "POST", body, redirect: "manual" });
    // What was done is answered by the way back to the page.
    if (answer.type === "opaqueredirect") return null;
    if (answer.status >= 500) return { title: "Not acknowledged: Midwatch has a problem", isFinal: false };
    // Somebody was faster, or it is over: the page says who, and there is nothing to try again.
    return { title: "Nothing was done: open to see why", isFinal: true };
  } catch {
    return { title: "Not acknowledged: no connection", isFinal: false };
  }
};

const acknowledge = async (message) => {
  const refusal = await send(message);
  const about = { body: message.title, tag: message.incident, data: { url: message.url } };
  if (!refusal) return self.registration.showNotification("You have it", about);
  if (refusal.isFinal) return self.registration.showNotification(refusal.title, { ...about, renotify: true });
  return self.registration.showNotification(refusal.title, {
    body: `${message.title}\nTry again, or open it.`,
    tag: message.incident,
    renotify: true,
    requireInteraction: true,
    actions: [{ action: "acknowledge", title: "Try again" }],
    data: message,
  });
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const message = event.notification.data ?? {};
  if (event.action === "acknowledge" && message.ack_url) return event.waitUntil(acknowledge(message));
  if (message.url) event.waitUntil(show(message.url));
});
