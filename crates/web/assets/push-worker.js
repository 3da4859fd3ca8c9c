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

const acknowledge = async (message) => {
  const form = new URLSearchParams({ act: "acknowledge" });
  try {
    const answer = await fetch(message.ack_url, { method: "POST", body: form });
    if (!answer.ok) throw new Error(answer.statusText);
    // An act that was taken leads back to the page; one that was not is answered with the reason.
    await self.registration.showNotification(answer.redirected ? "You have it" : "Nothing was done: open to see why", {
      body: message.title,
      tag: message.incident,
      data: { url: message.url },
    });
  } catch {
    await self.registration.showNotification("Not acknowledged: no connection", {
      body: `${message.title}\nTry again, or open it.`,
      tag: message.incident,
      renotify: true,
      requireInteraction: true,
      actions: [{ action: "acknowledge", title: "Try again" }],
      data: message,
    });
  }
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const message = event.notification.data ?? {};
  if (event.action === "acknowledge" && message.ack_url) return event.waitUntil(acknowledge(message));
  if (message.url) event.waitUntil(show(message.url));
});
