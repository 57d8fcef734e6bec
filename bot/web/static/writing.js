// Writing an answer: the draft saves itself, 改 leads to the words, texts go in at the caret. Everything also works without it.
(function () {
  "use strict";
  var form = document.getElementById("do-answer") || document.getElementById("do-issue");
  var area = form && form.querySelector("textarea");
  if (!area) { return; }
  var caret = document.querySelector("[data-caret]"), seen = document.querySelector("[data-seen]");

  // Places are counted in characters as people count them; the text field counts pairs for rare ones.
  function units(points) { return Array.from(area.value).slice(0, points).join("").length; }
  function points(at) { return Array.from(area.value.slice(0, at)).length; }

  function remember() { if (caret) { caret.value = points(area.selectionStart); } }
  ["keyup", "click", "blur"].forEach(function (name) { area.addEventListener(name, remember); });

  document.querySelectorAll("[data-select]").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      var place = link.dataset.select.split(" ").map(Number);
      area.focus();
      area.setSelectionRange(units(place[0]), units(place[1]));
      area.scrollIntoView({ block: "center" });
    });
  });

  if (!form.dataset.autosave) { return; }
  var state = form.querySelector("[data-autosave-state]"), saved = area.value, timer = 0, busy = false, aside = false;
  function later(wait) { clearTimeout(timer); timer = setTimeout(save, wait); }
  function clock() { return new Date().toTimeString().slice(0, 5); }
  function save() {
    if (busy) { later(500); return; }
    if (area.value === saved || form.dataset.sent) { return; }
    var text = area.value;
    busy = true;
    fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) {
        return answer.json().then(function (told) {
          if (!answer.ok) { state.textContent = "草稿没有保存：" + (told.error || "请稍后再试"); return; }
          saved = text;
          aside = told.aside;
          if (!aside && seen) { seen.value = told.seen; }
          state.textContent = aside ? "另存了一份 " + clock() + "：" + told.why + "（刷新页面可对照）" : "草稿已自动保存 " + clock();
          state.classList.toggle("error", aside);
        });
      })
      .catch(function () { state.textContent = "草稿暂时没有保存，会再试。"; later(10000); })
      .then(function () { busy = false; });
  }
  area.addEventListener("input", function () { later(2000); });
  document.addEventListener("visibilitychange", function () { if (document.hidden) { save(); } });
  window.addEventListener("beforeunload", function (event) {
    if (area.value !== saved && !form.dataset.sent) { event.preventDefault(); event.returnValue = ""; }
  });
})();
