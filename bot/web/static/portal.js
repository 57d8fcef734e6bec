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

// A file that is too large is told before it is sent, which on a telephone takes long.
(function () {
  "use strict";
  document.querySelectorAll("input[type=file][data-largest]").forEach(function (field) {
    var line = document.createElement("span");
    line.className = "error";
    line.setAttribute("role", "alert");
    field.addEventListener("change", function () {
      var largest = Number(field.dataset.largest), total = 0, said = "";
      Array.prototype.forEach.call(field.files, function (file) {
        total += file.size;
        if (file.size > largest * 1048576) { said = "“" + file.name + "”超过 " + largest + " MB，请压缩或拍小一些再选。"; }
      });
      if (!said && total > Number(field.dataset.total) * 1048576) { said = "几个文件加起来太大了，请少选几个，其余的以后再补充。"; }
      line.textContent = said;
      if (said) { field.value = ""; field.insertAdjacentElement("beforebegin", line); } else { line.remove(); }
    });
  });
})();
