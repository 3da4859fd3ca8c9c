// Improves pages that are whole without it: keeps them current, puts spans in, and instants in the reader's zone.
"use strict";
const root = document.documentElement;
const names = (root.dataset.units || "d|h|min|s").split("|");
const units = [86400, 3600, 60, 1].map((size, index) => [names[index], size]);

// 4380 -> "1 h 13 min"
function words(seconds) {
  const first = units.findIndex(([, size]) => seconds >= size);
  if (first < 0) return "0 " + names[3];
  const [unit, size] = units[first];
  const next = units[first + 1];
  const rest = next && first < 2 ? Math.floor((seconds % size) / next[1]) : 0;
  return Math.floor(seconds / size) + " " + unit + (rest ? " " + rest + " " + next[0] : "");
}

// Digits are those of the page, which are the same in every language.
const speech = root.lang + "-u-nu-latn";
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const day = { month: "short", day: "numeric" };
const fullDay = { ...day, year: "numeric" };

// What a form shows of an instant beside another, as the page does: the day only where it is another.
function fields(form, at, other) {
  const near = at.getFullYear() !== other.getFullYear() ? fullDay : at.toDateString() !== other.toDateString() ? day : {};
  switch (form) {
    case "day": return fullDay;
    case "short-day": return day;
    case "full": return { ...fullDay, ...clock };
    case "seconds": return { ...near, ...clock, second: "2-digit" };
    default: return { ...near, ...clock };
  }
}

// The page says instants by its own clock, and without script that is all. Here they are said in the reader's zone;
// hovering says what stood there.
function localTimes() {
  for (const time of document.querySelectorAll("time[data-form]")) {
    const at = new Date(time.dateTime), to = new Date(time.dataset.to || NaN);
    if (isNaN(at)) continue;
    time.title ||= time.textContent;
    const form = new Intl.DateTimeFormat(speech, fields(time.dataset.form, at, isNaN(to) ? new Date() : to));
    time.textContent = isNaN(to) ? form.format(at) : form.formatRange(at, to);
  }
  for (const said of document.querySelectorAll("[data-here]")) {
    said.textContent = said.dataset.here.replace("{zone}", Intl.DateTimeFormat().resolvedOptions().timeZone);
  }
  const form = new Intl.DateTimeFormat(speech, { dateStyle: "medium", timeStyle: "long" });
  for (const time of document.querySelectorAll("time:not([data-form])")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.title = form.format(at);
  }
}

function spans() {
  for (const span of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(span.dataset.since)) / 1000));
    span.textContent = (span.dataset.before || "") + words(seconds) + (span.dataset.after || "");
  }
}

// What the reader is looking at: the first element with an id that is not above the window.
function anchor(main) {
  if (scrollY === 0) return null;
  const seen = [...main.querySelectorAll("[id]")].find((e) => e.getBoundingClientRect().top >= 0);
  return seen && { id: seen.id, top: seen.getBoundingClientRect().top };
}

// What is swapped: the list of a directory, so that nobody's search is taken away, or else the whole of the page.
const part = document.getElementById("browse") ? "browse" : "main";
const home = location.pathname;

function swap(next) {
  const main = document.getElementById(part);
  const place = anchor(main);
  const focus = document.activeElement;
  const focused = main.contains(focus) && focus !== main && (focus.closest("[id]") || main).id;
  const nth = focused && [...document.getElementById(focused).querySelectorAll("a,summary,button,input")].indexOf(focus);
  const open = [...main.querySelectorAll("details[open][id]")].map((e) => e.id);
  const before = new Map([...main.querySelectorAll("[data-key]")].map((e) => [e.dataset.key, e.dataset.state]));
  const verdict = document.getElementById("verdict")?.textContent;

  main.replaceChildren(...next.getElementById(part).childNodes);
  document.title = next.title;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const e of main.querySelectorAll("[data-key]")) {
    if (before.get(e.dataset.key) !== e.dataset.state) e.classList.add("turned");
  }
  if (focused) {
    // Where what had the focus is gone, no neighbour gets it: whoever presses a key means the one that is gone.
    const home = document.getElementById(focused);
    (home?.querySelectorAll("a,summary,button,input")[nth] || home || main).focus({ preventScroll: true });
  }
  const now = place && document.getElementById(place.id);
  if (now) scrollBy({ top: now.getBoundingClientRect().top - place.top, behavior: "instant" });
  const said = document.getElementById("verdict")?.textContent;
  if (said && said !== verdict) document.getElementById("live").textContent = said;
  localTimes();
  spans();
  sayLive();
}

// What a page says may be long past: a copy, a cache, a server that can't learn anything new. A page is drawn whenever something
// changes and once a day at least, so one that is told of changes is old after a day, and any other after ten minutes.
function ages() {
  for (const said of document.querySelectorAll("[data-old]")) {
    const seconds = Math.floor((Date.now() - Date.parse(said.parentElement.querySelector("time")?.dateTime)) / 1000);
    const isOld = seconds > (isLive ? 90000 : 600);
    said.textContent = isOld ? " · " + said.dataset.old.replace("{age}", words(seconds)) : "";
  }
}

// A page that says as of when it speaks says instead that it keeps itself current, while that is so.
let isLive = false;
function sayLive() {
  ages();
  const asOf = document.querySelector("[data-asof]");
  if (!asOf) return;
  asOf.dataset.asof ||= asOf.textContent;
  asOf.textContent = isLive ? asOf.dataset.live : asOf.dataset.asof;
}

let busy = false, again = false;
async function refresh() {
  if (busy) return void (again = true);
  busy = true;
  try {
    const answer = await fetch(home, { cache: "no-cache" });
    if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // Offline: the page keeps saying as of when it speaks.
  }
  busy = false;
  if (again) { again = false; refresh(); }
}

localTimes();
spans();
setInterval(() => (spans(), ages()), 15000);
const source = document.body.dataset.events;
let lost = false;
function listen() {
  const stream = new EventSource(source);
  stream.addEventListener("changed", refresh);
  stream.onerror = () => {
    (lost = true), (isLive = false), sayLive();
    // A browser tries again by itself, but not where it was answered that there is no stream.
    if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 15000);
  };
  // What was said meanwhile is lost, so look once.
  stream.onopen = () => ((isLive = true), sayLive(), lost && ((lost = false), refresh()));
}
if (source) listen();
else ages();
