// The page on which a person allows this browser to be paged.
"use strict";

const page = document.querySelector("[data-push]");
const button = page.querySelector("button");
const said = page.querySelector("[data-said]");

const tell = (text, isWrong = false) => {
  said.textContent = text;
  said.classList.toggle("refused", isWrong);
  said.hidden = false;
};

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));

const name = () => {
  const agent = navigator.userAgent;
  const find = (names) => names.find(([mark]) => agent.includes(mark))?.[1];
  const browser = find([["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]]);
  const system = find([["Android", "Android"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS", "macOS"],
    ["Windows", "Windows"], ["Linux", "Linux"]]);
  return `${browser ?? "Browser"} on ${system ?? "a computer"}`;
};

const isInstalled = matchMedia("(display-mode: standalone)").matches;
if (!("serviceWorker" in navigator && "PushManager" in window)) {
  button.disabled = true;
  const isApple = /iPhone|iPad/.test(navigator.userAgent) && !isInstalled;
  tell(
    isApple
      ? "On iPhone and iPad, first put this page on the home screen: tap Share, then Add to Home Screen, and open it there."
      : "This browser can't be paged. Try another one, or one that is up to date.",
    true,
  );
} else {
  navigator.serviceWorker.register("/push/worker.js", { scope: "/push/" });
}

const allow = async () => {
  const registration = await navigator.serviceWorker.ready;
  if ((await Notification.requestPermission()) !== "granted") {
    throw new Error("Notifications are blocked for this page. Allow them in the browser's settings, then try again.");
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
  if (!answer.ok) throw new Error((await answer.json()).detail ?? "Midwatch did not take it.");
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
