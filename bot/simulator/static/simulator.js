// Improves the simulator's chat: sends without leaving the page and shows new messages as they come.
"use strict";
(function () {
  const lines = document.querySelector("[data-bubbles]");
  if (!lines) return;
  const talk = document.querySelector("[data-talk]");
  const log = document.querySelector("[data-log]");
  const thinking = document.querySelector("[data-thinking]");
  const EVERY = 2000;
  let asking = null;

  function newest() {
    const marked = lines.querySelectorAll("[data-id]");
    return marked.length ? marked[marked.length - 1].dataset.id : "0";
  }

  function toEnd() {
    talk.scrollTop = talk.scrollHeight;
  }

  function show(html, pending) {
    const parts = new DOMParser().parseFromString(html, "text/html");
    const fresh = Array.from(parts.querySelector("[data-part=bubbles]").children);
    const nearEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 160;
    const mine = fresh.some(function (line) { return line.classList.contains("mine"); });
    fresh.forEach(function (line) {
      line.classList.add("fresh");
      lines.appendChild(line);
    });
    log.replaceChildren(...parts.querySelector("[data-part=log]").children);
    thinking.hidden = pending === "0";
    const starter = document.querySelector("[data-starter]");
    if (fresh.length && starter) starter.remove();
    if (fresh.length && (nearEnd || mine)) toEnd();
  }

  // One question at a time, so that no bubble is drawn twice.
  function ask() {
    if (asking) return asking;
    asking = fetch(lines.dataset.from + "?after=" + newest(), { credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text().then(function (html) { show(html, answer.headers.get("x-pending")); });
      })
      .catch(function () {})
      .finally(function () { asking = null; });
    return asking;
  }

  function closePanels(except) {
    document.querySelectorAll("details[open]").forEach(function (panel) {
      if (panel !== except) panel.open = false;
    });
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (!form.matches("[data-send]")) return;
    event.preventDefault();
    const data = new FormData(form);
    if (event.submitter && event.submitter.name) data.set(event.submitter.name, event.submitter.value);
    const field = form.querySelector("textarea");
    if (field && !field.value.trim()) return;
    const sending = fetch(form.action, {
      method: "POST", body: data, credentials: "same-origin", headers: { "x-requested-with": "fetch" },
    });
    if (field) { field.value = ""; field.style.height = ""; field.focus(); }
    closePanels(null);
    setTimeout(ask, 60);
    sending.then(ask, function () { if (field) field.value = data.get("text"); });
  });

  const field = document.querySelector("[data-grow]");
  field.addEventListener("input", function () {
    field.style.height = "auto";
    field.style.height = Math.min(field.scrollHeight, 132) + "px";
  });
  field.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      field.form.requestSubmit();
    }
  });

  document.addEventListener("click", function (event) {
    closePanels(event.target.closest("details"));
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") closePanels(null);
  });
  setInterval(function () { if (!document.hidden) ask(); }, EVERY);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) ask(); });
  toEnd();
})();
