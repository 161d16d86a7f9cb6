(function () {
  var button = document.getElementById("truth-toggle");
  button.addEventListener("click", function () {
    var hidden = document.documentElement.classList.toggle("no-truth");
    button.setAttribute("aria-pressed", String(!hidden));
    button.querySelector(".state").textContent = hidden ? "off" : "on";
  });
})();
