// Small improvements for every page; everything also works without them. Plain script for browsers from Chromium 86 on.
(function () {
  "use strict";
  var root = document.documentElement;

  // 长者模式 switches in place, so that nothing written in a form is lost.
  document.querySelectorAll("a[data-large]").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      var large = root.classList.toggle("large");
      document.cookie = "hy_large=" + (large ? 1 : 0) + ";path=/;max-age=31536000;samesite=lax";
      document.querySelectorAll("a[data-large]").forEach(function (other) {
        var isItem = other.closest(".side");
        other.querySelector("span").textContent = large ? (isItem ? "标准字号" : "恢复标准字号") : (isItem ? "大字" : "长者模式（大字）");
        other.href = other.href.replace(/large=\d/, "large=" + (large ? 0 : 1));
      });
    });
  });

  // After a refused form the list of errors is what matters.
  var summary = document.getElementById("error-summary");
  if (summary) { summary.focus(); }

  // How many characters are written (counted as people count: code points).
  document.querySelectorAll("textarea[data-longest]").forEach(function (area) {
    var longest = Number(area.dataset.longest);
    var line = document.createElement("div");
    line.className = "count";
    line.setAttribute("aria-live", "polite");
    area.insertAdjacentElement("afterend", line);
    function show() {
      var length = Array.from(area.value).length;
      line.textContent = length > longest ? "超出 " + (length - longest) + " 字，请删减" : "已写 " + length + " 字，最多 " + longest + " 字";
    }
    area.addEventListener("input", show);
    show();
  });

  // A draft on this device only, for a day; gone once the form was taken.
  var DAY = 86400000;
  function kept(key) {
    try {
      var found = JSON.parse(localStorage.getItem("draft:" + key) || "null");
      return found && Date.now() - found.at < DAY ? found.text : "";
    } catch (_) { return ""; }
  }
  function keep(key, text) {
    try {
      if (text) { localStorage.setItem("draft:" + key, JSON.stringify({ at: Date.now(), text: text })); } else { localStorage.removeItem("draft:" + key); }
    } catch (_) { /* storage switched off: no draft, no harm */ }
  }
  document.querySelectorAll("[data-clear-draft]").forEach(function (mark) { keep(mark.dataset.clearDraft, ""); });
  document.querySelectorAll("textarea[data-draft]").forEach(function (area) {
    var key = area.dataset.draft, timer = 0, earlier = kept(key);
    if (!area.value.trim() && earlier) {
      area.value = earlier;
      area.dispatchEvent(new Event("input"));
      var line = document.createElement("p"), drop = document.createElement("button");
      line.className = "hint soft small";
      line.textContent = "已恢复上次没有提交的草稿（只存在这台设备上）。";
      drop.type = "button";
      drop.className = "button plain small";
      drop.textContent = "清空草稿";
      drop.addEventListener("click", function () { area.value = ""; keep(key, ""); area.dispatchEvent(new Event("input")); line.remove(); area.focus(); });
      line.appendChild(drop);
      area.insertAdjacentElement("beforebegin", line);
    }
    area.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(function () { keep(key, area.value.trim() ? area.value : ""); }, 400);
    });
  });

  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(function () { delete form.dataset.sent; }, 8000);
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  document.querySelectorAll("button[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
