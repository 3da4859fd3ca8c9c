// The page on which a person allows this browser to be paged: says how it stands here, and asks for the permission.
"use strict";

const page = document.querySelector("[data-push]");
const button = page.querySelector("button.big");
const said = page.querySelector("[data-said]");
const hint = page.querySelector("[data-hint]");

// Which of the browsers below is this one; only this browser knows.
const MEMORY = "midwatch-browser";

const tell = (text, isWrong = false) => {
  said.hidden = false;
  said.classList.toggle("refused", isWrong);
  said.textContent = text;
};

const offer = (label, more) => {
  button.hidden = false;
  button.disabled = false;
  button.textContent = label;
  hint.hidden = !more;
  hint.textContent = more;
};

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

const agent = navigator.userAgent;
// An iPad says that it is a Mac; no Mac is touched.
const isPad = /iPad/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
const isApple = isPad || /iPhone/.test(agent);
const isPhone = navigator.userAgentData?.mobile ?? /Android|iPhone|Mobile/.test(agent);
const device = isPad ? "this iPad" : isPhone ? "this phone" : "this computer";
const isInstalled = matchMedia("(display-mode: standalone)").matches;

const name = () => {
  const find = (names) => names.find(([mark]) => agent.includes(mark))?.[1];
  const browser = find([["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]]);
  const system = find([["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS", isPad ? "iPad" : "macOS"],
    ["Windows", "Windows"], ["Linux", "Linux"]]);
  return `${browser ?? "Browser"} on ${system ?? "a computer"}`;
};

const remembered = () => {
  try {
    return localStorage.getItem(MEMORY);
  } catch {
    return null; // storage is switched off
  }
};

const remember = (id) => {
  try {
    localStorage.setItem(MEMORY, id);
  } catch {
    // The page then says less, and works.
  }
};

const BLOCKED = isApple
  ? "Notifications are blocked for this page. Open Settings, then Notifications, then Midwatch, and allow them; then open this page again."
  : isPhone
    ? "Notifications are blocked for this page. Tap the icon left of the address, open Permissions, allow Notifications, then load the page again."
    : "Notifications are blocked for this page. Click the icon left of the address, allow Notifications, then load the page again.";

const HINT = isPhone || isPad
  ? isInstalled ? "" : "Then put this page on the home screen, so that it is there when you need it."
  : "A computer rings only while its browser runs. Allow a phone as well.";

const row = () => [...page.querySelectorAll("[data-browser]")].find((one) => one.dataset.browser === remembered());

// Says how it stands in this browser, and what can be done.
const stand = async () => {
  page.querySelector("[data-plain]").hidden = isSecureContext;
  if (!isSecureContext) return;
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    const install = `On iPhone and iPad notifications need this page on the home screen: tap Share, then Add to Home Screen, then
      open Midwatch from there.`.replace(/\s+/g, " ");
    tell(isApple && !isInstalled ? install : "This browser can't be paged. Try another one, or one that is up to date.", true);
    return;
  }
  await navigator.serviceWorker.register("/push/worker.js", { scope: "/push/" });
  if (Notification.permission === "denied") return tell(BLOCKED, true);
  const held = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
  const own = row();
  if (Notification.permission === "granted" && held && own) {
    own.querySelector("[data-this]").hidden = false;
    return tell(`You are paged on ${device}, in this browser. Send it a test below to hear it ring.`);
  }
  offer(Notification.permission === "granted" ? `Page me on ${device}` : `Allow notifications on ${device}`, HINT);
};

const allow = async () => {
  const registration = await navigator.serviceWorker.ready;
  if ((await Notification.requestPermission()) !== "granted") {
    const isBlocked = Notification.permission === "denied";
    throw new Error(isBlocked ? BLOCKED : "The browser was not given the permission. Press the button again and choose Allow.");
  }
  const key = bytes(page.dataset.key);
  const held = await registration.pushManager.getSubscription();
  // One that was made for another key of ours leads nowhere.
  const isOurs = held && held.options.applicationServerKey &&
    new Uint8Array(held.options.applicationServerKey).every((byte, place) => byte === key[place]);
  if (held && !isOurs) await held.unsubscribe();
  const subscription = isOurs
    ? held
    : await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(`${page.dataset.push}/browsers`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth, name: name() }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? "Midwatch did not take it.");
  remember(body.id);
};

button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    await allow();
    location.assign(page.dataset.push);
  } catch (error) {
    tell(error.message, true);
    button.disabled = false;
  }
});

stand().catch((error) => tell(`This browser can't be paged: ${error.message}`, true));
