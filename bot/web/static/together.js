// Who else has this case open: said and asked every five seconds while the page is looked at. Without it the page shows
// who was there when it was made.
(function () {
  "use strict";
  var box = document.querySelector("[data-presence]");
  if (!box) { return; }
  var typed = 0, told = { here: box.querySelector("[data-here]"), held: box.querySelector("[data-held]"), changed: box.querySelector("[data-changed]") };

  function form(left) {
    var data = new FormData();
    data.append("csrf", box.dataset.token);
    data.append("version", box.dataset.version);
    if (Date.now() - typed < 20000) { data.append("writing", "1"); }
    if (left) { data.append("left", "1"); }
    return data;
  }
  function show(place, text) {
    if (!place) { return; }
    if (place.textContent.trim() !== text) { place.textContent = text; }
    place.hidden = !text;
  }
  function beat() {
    if (document.hidden) { return; }
    fetch(box.dataset.presence, { method: "POST", body: form(false), headers: { accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (now) {
        if (!now) { return; }
        Object.keys(told).forEach(function (name) { show(told[name], now[name] || ""); });
      })
      .catch(function () { /* away for a moment; the next round tells */ });
  }
  document.addEventListener("input", function (event) {
    if (event.target.matches && event.target.matches("#reply textarea")) {
      var before = typed;
      typed = Date.now();
      if (typed - before > 20000) { beat(); }
    }
  });
  window.addEventListener("pagehide", function () { if (navigator.sendBeacon) { navigator.sendBeacon(box.dataset.presence, form(true)); } });
  document.addEventListener("visibilitychange", beat);
  setInterval(beat, 5000);
  beat();
})();
