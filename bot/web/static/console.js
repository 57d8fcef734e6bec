// The console's comfort: live counts, and the keyboard (j k o c r a / ?). Everything also works without it.
(function () {
  "use strict";
  var menu = document.querySelector("[data-counts]");

  function refresh() {
    if (document.hidden) { return; }
    fetch(menu.dataset.counts, { headers: { accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (counts) {
        if (!counts) { return; }
        document.querySelectorAll("[data-count]").forEach(function (mark) {
          var count = counts[mark.dataset.count];
          if (count === undefined) { return; }
          mark.textContent = count;
          mark.classList.toggle("red", Boolean(mark.dataset.alarming) && count > 0);
        });
        var total = document.querySelector("[data-list-count]");
        if (total && counts[total.dataset.listCount] !== undefined && counts[total.dataset.listCount] > Number(total.dataset.shown)) {
          var hint = document.getElementById("list-changed");
          if (hint) { hint.hidden = false; }
        }
      })
      .catch(function () { /* away for a moment; the next round tells */ });
  }
  if (menu) {
    setInterval(refresh, 20000);
    document.addEventListener("visibilitychange", refresh);
  }

  // On a phone the menu is a strip: bring the current entry into it.
  var strip = document.querySelector(".side .scroller");
  var current = strip && strip.querySelector("[aria-current]");
  if (current && strip.scrollWidth > strip.clientWidth) {
    strip.scrollLeft = current.getBoundingClientRect().left - strip.getBoundingClientRect().left - 24;
  }

  var rows = Array.from(document.querySelectorAll("[data-row]"));
  var at = -1;
  function select(next) {
    if (!rows.length) { return; }
    if (at >= 0) { rows[at].classList.remove("selected"); }
    at = Math.max(0, Math.min(rows.length - 1, next));
    rows[at].classList.add("selected");
    rows[at].scrollIntoView({ block: "nearest" });
    var link = rows[at].querySelector("a");
    if (link) { link.focus({ preventScroll: true }); }
  }
  function alone(key) { // a complex selector inside :not() is too new for Chromium 86
    return Array.from(document.querySelectorAll('main [data-key="' + key + '"]')).find(function (one) { return !one.closest("[data-row]"); });
  }
  function press(key) {
    var inside = at >= 0 ? rows[at].querySelector('[data-key="' + key + '"]') : null;
    var target = inside || alone(key) || (rows.length ? null : document.querySelector('[data-key="' + key + '"]'));
    if (!target) { return false; }
    if (target.matches("input, textarea, select")) { target.focus(); target.scrollIntoView({ block: "center" }); } else { target.click(); }
    return true;
  }
  function help() {
    var box = document.getElementById("keys");
    if (box) { box.hidden = !box.hidden; if (!box.hidden) { box.querySelector("button").focus(); } }
  }
  document.querySelectorAll("#keys button, [data-help]").forEach(function (button) { button.hidden = false; button.addEventListener("click", help); });

  document.addEventListener("keydown", function (event) {
    var field = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.key === "Escape") {
      var box = document.getElementById("keys");
      if (box && !box.hidden) { box.hidden = true; } else if (field.blur) { field.blur(); }
      return;
    }
    if (field.matches && field.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) { return; }
    var handled = true;
    if (event.key === "j") { select(at + 1); } else if (event.key === "k") { select(at < 0 ? 0 : at - 1); } else if (event.key === "o") {
      var link = at >= 0 ? rows[at].querySelector("a") : null;
      if (link) { link.click(); } else { handled = false; }
    } else if (event.key === "?") { help(); } else if (["c", "r", "/", "n"].indexOf(event.key) >= 0) { handled = press(event.key); } else { handled = false; }
    if (handled) { event.preventDefault(); }
  });

  // Tick all.
  document.querySelectorAll("[data-tick-all]").forEach(function (box) {
    box.hidden = false;
    box.addEventListener("change", function () {
      document.querySelectorAll('input[name="' + box.dataset.tickAll + '"]').forEach(function (one) { one.checked = box.checked; });
    });
  });
})();
