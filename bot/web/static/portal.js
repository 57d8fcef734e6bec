// The query code of a scanned QR code stands behind "#", which is never sent: fill it in and take it out of the address.
(function () {
  "use strict";
  var field = document.getElementById("f-code"), code = location.hash.slice(1);
  if (!field || !/^[A-Za-z0-9-]{8,12}$/.test(code)) { return; }
  field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
  var button = field.form.querySelector("button");
  if (button) { button.focus(); }
})();
