// One line about a status page in pages of other sites, which load this as a script from beside that page.
// Keeps to itself: no names, no credentials, a shadow root for its style. Asks once a minute while somebody looks, by validator.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const source = new URL("embed.json", script.src);
  const colors = { ok: "#1a7f4b", work: "#1f5fbf", degraded: "#7d5c00", partial: "#b3540b", major: "#b3261e", unknown: "#5d6672" };
  const host = document.createElement("midwatch-status");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    ":host{display:inline-block;font:14px/1.5 system-ui,sans-serif}a{color:inherit}ul{margin:.3em 0 0;padding-inline-start:1.5em}" +
      "i{display:inline-block;inline-size:.7em;block-size:.7em;border-radius:50%;margin-inline-end:.5em;background:currentColor}" +
      Object.entries(colors).map(([state, color]) => `.${state} i{color:${color}}`).join(""),
  );
  root.adoptedStyleSheets = [sheet];
  script.after(host);

  const link = (href, ...inside) => {
    const a = document.createElement("a");
    if (/^https?:\/\//i.test(href)) a.href = href;
    a.append(...inside);
    return a;
  };
  let shown = null;
  let misses = 0;
  const draw = (now) => {
    const line = document.createElement("div");
    Object.assign(line, { className: colors[now.state] ? now.state : "unknown", lang: now.language, dir: now.direction });
    line.setAttribute("role", "status");
    line.append(link(now.url, document.createElement("i"), `${now.title}: ${now.headline}`));
    if (now.incidents.length) {
      const list = document.createElement("ul");
      for (const { name, url } of now.incidents) {
        const item = document.createElement("li");
        item.append(link(url, name));
        list.append(item);
      }
      line.append(list);
    }
    root.replaceChildren(line);
  };
  const ask = async () => {
    try {
      const answer = await fetch(source, { credentials: "omit", cache: "no-cache" });
      if (!answer.ok) throw new Error(String(answer.status));
      const now = await answer.json();
      misses = 0;
      if (JSON.stringify(now) !== JSON.stringify(shown)) draw((shown = now));
    } catch {
      // What can't be read for three minutes is not known any more.
      misses += 1;
      if (shown && misses === 3) {
        draw({ ...shown, state: "unknown", headline: shown.unread, incidents: [] });
        shown = { ...shown, state: "" };
      }
    }
  };
  const turn = () => document.visibilityState === "visible" && ask();
  document.addEventListener("visibilitychange", turn);
  setInterval(turn, 60_000);
  ask();
})();
