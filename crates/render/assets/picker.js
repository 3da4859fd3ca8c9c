// Writes the piece of configuration that somebody picks together, and copies what is there to be copied.
"use strict";
(() => {
  const pick = document.getElementById("pick");
  const code = document.getElementById("snippet");
  const quoted = (name) => JSON.stringify(name);

  function write() {
    const names = [...pick.querySelectorAll("input:checked")].map((box) => quoted(box.value));
    const line = "components = [" + names.join(", ") + "]" + (names.length ? "" : "  # the whole page");
    code.textContent = code.textContent.replace(/^components = .*$/m, () => line);
  }

  if (pick && code) {
    pick.hidden = false;
    pick.addEventListener("change", write);
  }
  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
        document.getElementById("live").textContent = "Copied";
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(document.getElementById(button.dataset.copies));
      }
    });
  }
})();
