(function () {
  var canvas = document.getElementById("turn");
  if (!canvas) { return; }
  var scene = JSON.parse(document.getElementById("turn-data").textContent);
  var colours = {
    bone: "--t-bone", dura: "--truth", collection: "--act", neural: "--t-neural", skin: "--edge",
    push: "--needle", pull: "--low", plan: "--act", expert: "--warn", hole: "--truth", opening: "--ok"
  };
  var filled = { bone: 0.13, dura: 0.1, collection: 0.12, neural: 0.3 };
  var heavy = { expert: 2.4, plan: 1.6, pull: 1.4, push: 2.6 };
  var order = Object.keys(heavy);
  /* Rows: what points to the right, up, and to the eye; x to the patient's left, y to the back, z to the head. */
  var views = {
    feet: [[-1, 0, 0], [0, 1, 0], [0, 0, -1]],
    left: [[0, 1, 0], [0, 0, 1], [1, 0, 0]],
    back: [[-1, 0, 0], [0, 0, 1], [0, 1, 0]]
  };
  var turn = product(rotation(false, -0.5), product(rotation(true, 0.35), views.feet));
  var zoom = 1.3;

  function rotation(aboutUp, angle) {
    var c = Math.cos(angle), s = Math.sin(angle);
    return aboutUp ? [[c, 0, s], [0, 1, 0], [-s, 0, c]] : [[1, 0, 0], [0, c, -s], [0, s, c]];
  }
  function product(a, b) {
    return a.map(function (row) {
      return [0, 1, 2].map(function (j) { return row[0] * b[0][j] + row[1] * b[1][j] + row[2] * b[2][j]; });
    });
  }
  function draw() {
    var style = getComputedStyle(document.documentElement);
    var ratio = window.devicePixelRatio || 1;
    var width = canvas.clientWidth || 720, height = canvas.clientHeight || 480;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    var pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = style.getPropertyValue("--t-air");
    pen.fillRect(0, 0, width, height);
    var scale = zoom * Math.min(width, height) / 1150;
    function put(points, i) {
      var p = [points[i], points[i + 1], points[i + 2]];
      return turn.map(function (row) { return row[0] * p[0] + row[1] * p[1] + row[2] * p[2]; });
    }
    function x(p) { return width / 2 + scale * p[0]; }
    function y(p) { return height * 0.62 - scale * p[1]; }
    /* The anatomy from far to near, then the ways of the needle over it. */
    var drawn = scene.lines.map(function (line) {
      var corners = [], depth = 0;
      for (var i = 0; i < line.points.length; i += 3) {
        corners.push(put(line.points, i));
        depth += corners[corners.length - 1][2] * 3 / line.points.length;
      }
      return { line: line, corners: corners, depth: depth, over: line.css in heavy };
    }).sort(function (a, b) { return a.over - b.over || (a.over ? order.indexOf(a.line.css) - order.indexOf(b.line.css) : a.depth - b.depth); });
    drawn.forEach(function (item) {
      var line = item.line, near = Math.max(0, Math.min(1, 0.5 + item.depth / 500));
      pen.beginPath();
      item.corners.forEach(function (p, i) { if (i) { pen.lineTo(x(p), y(p)); } else { pen.moveTo(x(p), y(p)); } });
      if (line.closed) { pen.closePath(); }
      pen.strokeStyle = pen.fillStyle = style.getPropertyValue(colours[line.css]);
      pen.lineWidth = heavy[line.css] || 1;
      pen.setLineDash(line.css === "plan" ? [7, 5] : line.css === "pull" ? [3, 3] : []);
      if (line.closed) {
        pen.globalAlpha = filled[line.css] || 0;
        pen.fill();
      }
      pen.globalAlpha = item.over ? 1 : 0.25 + 0.45 * near;
      pen.stroke();
    });
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    scene.points.forEach(function (point) {
      var p = put(point.at, 0);
      pen.beginPath();
      pen.arc(x(p), y(p), point.css === "hole" ? 7 : 4, 0, 2 * Math.PI);
      pen.strokeStyle = style.getPropertyValue(colours[point.css]);
      pen.lineWidth = 2.4;
      pen.stroke();
    });
  }
  function by(right, up) {
    turn = product(rotation(true, right), product(rotation(false, up), turn));
    draw();
  }
  var held = null;
  canvas.addEventListener("pointerdown", function (event) {
    held = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", function (event) {
    if (!held) { return; }
    by((event.clientX - held[0]) / 150, (event.clientY - held[1]) / 150);
    held = [event.clientX, event.clientY];
  });
  canvas.addEventListener("pointerup", function () { held = null; });
  canvas.addEventListener("keydown", function (event) {
    var step = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] }[event.key];
    if (step) { by(step[0], step[1]); event.preventDefault(); }
    if (event.key === "+" || event.key === "-") { zoom *= event.key === "+" ? 1.15 : 1 / 1.15; draw(); }
  });
  document.querySelectorAll("[data-turn]").forEach(function (button) {
    button.addEventListener("click", function () { turn = views[button.dataset.turn]; draw(); });
  });
  document.querySelectorAll("[data-zoom]").forEach(function (button) {
    button.addEventListener("click", function () { zoom *= Number(button.dataset.zoom); draw(); });
  });
  window.addEventListener("resize", draw);
  window.matchMedia("print").addEventListener("change", draw);
  draw();
})();
