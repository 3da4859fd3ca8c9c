// Finds providers while somebody types. Without it the form of the same page asks for the same answer.
"use strict";
(() => {
  const form = document.getElementById("search");
  const found = document.getElementById("found");
  if (!form || !found) return;
  const input = document.getElementById("q");
  const browse = document.getElementById("browse");
  const home = location.pathname;
  const live = document.getElementById("live");
  // A category is part of the page it is chosen on, not something that was asked for.
  const chosen = form.elements.category.value;
  let asked = "", timer = 0, running = null;

  function wanted() {
    const pairs = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
    return new URLSearchParams(pairs.filter(([, value]) => value));
  }

  function isEmpty(query) {
    const others = [...query.keys()].filter((name) => name !== "category");
    return browse && others.length === 0 && (query.get("category") || "") === chosen;
  }

  function show(isFound) {
    found.hidden = !isFound;
    if (browse) browse.hidden = isFound;
  }

  async function ask() {
    const query = wanted();
    const text = query.toString();
    if (text === asked) return;
    asked = text;
    running?.abort();
    if (isEmpty(query)) {
      show(false);
      live.textContent = "";
      history.replaceState(null, "", home);
      return;
    }
    running = new AbortController();
    try {
      const answer = await fetch(form.action + "?" + text + "&only=results", { signal: running.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      found.replaceChildren(...page.body.childNodes);
      show(true);
      live.textContent = document.getElementById("count")?.textContent || "";
      history.replaceState(null, "", form.getAttribute("action") + "?" + text);
    } catch (error) {
      if (error.name === "AbortError") return;
      asked = "";
      live.textContent = "The search could not be answered; press Find to try again.";
    }
  }

  // The links of the answer, or of what is shown while nothing is asked.
  const links = () => [...(found.hidden ? [] : found.querySelectorAll(".row > div > a:first-child"))];

  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = links();
    const at = all.indexOf(document.activeElement);
    if (!step || !all.length || (at < 0 && document.activeElement !== input)) return;
    event.preventDefault();
    (all[at + step] || (at + step < 0 ? input : all[at])).focus();
  }

  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(ask, event.target === input ? 150 : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (asked === wanted().toString() && links().length) links()[0].focus();
    else ask();
  });
  document.addEventListener("keydown", (event) => {
    const isChord = event.ctrlKey || event.metaKey;
    // A single letter would be taken from those who speak to their computer.
    if (isChord && event.key === "k" && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      input.focus();
      input.select();
    } else if (isChord || event.altKey) {
      return;
    } else if (event.key === "Escape" && (document.activeElement === input || found.contains(document.activeElement))) {
      input.value = "";
      input.focus();
      ask();
    } else {
      walk(event);
    }
  });
  // What the browser filled in again after going back.
  if (browse && !isEmpty(wanted())) ask();
})();
