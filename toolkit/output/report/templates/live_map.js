"use strict";
var data = JSON.parse(document.getElementById("live-data").textContent);
document.getElementById("live").hidden = false;
map.invalidateSize({pan: false});

// Whole numbers, seven bits a byte, the lowest first; the eighth bit says that more follow.
function reader(text) {
  var raw = atob(text), at = 0;
  function next() {
    var value = 0, scale = 1, one;
    do {
      one = raw.charCodeAt(at++);
      value += (one & 127) * scale;
      scale *= 128;
    } while (one & 128);
    return value;
  }
  return {next: next, done: function () { return at >= raw.length; }};
}
function numbers(text) {
  var read = reader(text), found = [];
  while (!read.done()) found.push(read.next());
  return found;
}
// Of each line how many points, and the steps between them in parts of a degree; the first step is
// from the start of the line before.
var lines = [];
(function () {
  var read = reader(data.lines), lat0 = 0, lon0 = 0;
  function step() { var n = read.next(); return n % 2 ? -(n + 1) / 2 : n / 2; }
  while (!read.done()) {
    var count = read.next(), line = [], lat, lon;
    lat0 += step();
    lon0 += step();
    lat = lat0; lon = lon0;
    line.push([lat / data.per_deg, lon / data.per_deg]);
    for (var k = 1; k < count; k++) {
      lat += step();
      lon += step();
      line.push([lat / data.per_deg, lon / data.per_deg]);
    }
    lines.push(line);
  }
})();
var lookOf = numbers(data.look_of), nameOf = numbers(data.name_of), tierOf = {};
data.tiers.forEach(function (one, k) { tierOf[one.id] = k; });
function stepOf(tierName, k) { return +data.looks[lookOf[k]][tierOf[tierName]]; }
function unpacked(line) {
  var found = [], lat = 0, lon = 0;
  for (var k = 0; k < line.length; k += 2) {
    lat += line[k];
    lon += line[k + 1];
    found.push([lat / data.per_deg, lon / data.per_deg]);
  }
  return found;
}

var tier = data.first, drawn = L.layerGroup().addTo(map), marked = L.layerGroup().addTo(map);
data.boundary.forEach(function (line) {
  L.polyline(unpacked(line), {color: "#555", weight: 1, dashArray: "6 4", interactive: false}).addTo(map);
});
function draw() {
  drawn.clearLayers();
  for (var s = data.steps.length - 1; s >= 0; s--) {
    var step = data.steps[s], parts = [];
    for (var k = 0; k < lines.length; k++) if (stepOf(tier, k) === s) parts.push(lines[k]);
    L.polyline(parts, {
      color: step.color, weight: step.width, dashArray: step.dash, opacity: 1, interactive: false,
      lineCap: step.dash ? "butt" : "round"
    }).addTo(drawn);
  }
  data.cameras.forEach(function (at) {
    L.circleMarker(at, {radius: 3.5, color: "#fff", weight: 1, fillColor: "#0b5cad", fillOpacity: 1, interactive: false}).addTo(drawn);
  });
}

function byte(tierName, index) { return ranges[tierName].charCodeAt(index); }
var ranges = {};
data.tiers.forEach(function (one) { ranges[one.id] = atob(data.ranges[one.id]); });

// The nearest street to a point on the screen, within a finger's width.
map.on("click", function (event) {
  var best = 22, found = -1, here = event.containerPoint;
  var view = map.getBounds().pad(0.1);
  for (var k = 0; k < lines.length; k++) {
    var line = lines[k];
    for (var p = 1; p < line.length; p++) {
      if (!view.contains(line[p]) && !view.contains(line[p - 1])) continue;
      var d = L.LineUtil.pointToSegmentDistance(
        here, map.latLngToContainerPoint(line[p - 1]), map.latLngToContainerPoint(line[p]));
      if (d < best) { best = d; found = k; }
    }
  }
  if (found >= 0) tell(found, event.latlng);
});

function row(tag, text) {
  var made = document.createElement(tag);
  made.textContent = text;
  return made;
}
function tell(k, at) {
  var content = document.createElement("div");
  content.lang = document.documentElement.lang;
  content.appendChild(row("strong", nameOf[k] ? data.names[nameOf[k] - 1] : data.words.unnamed));
  data.tiers.forEach(function (one) {
    var low = byte(one.id, 2 * k), high = byte(one.id, 2 * k + 1);
    var step = data.steps[stepOf(one.id, k)];
    var said = low === 255 ? data.words.unknown
      : step.name + " (" + data.words.range.replace("{low}", low).replace("{high}", high) + ")";
    content.appendChild(row("p", one.name + ": " + said));
  });
  content.appendChild(row("small", data.words.limit));
  marked.clearLayers();
  L.polyline(lines[k], {color: "#111", weight: 9, opacity: 0.35, interactive: false}).addTo(marked);
  L.popup({maxWidth: 280}).setLatLng(at).setContent(content).openOn(map);
}

var choice = document.getElementById("live-tiers");
data.tiers.forEach(function (one) {
  var button = row("button", one.name);
  button.type = "button";
  button.setAttribute("aria-pressed", String(one.id === tier));
  button.addEventListener("click", function () {
    tier = one.id;
    Array.prototype.forEach.call(choice.children, function (other) {
      other.setAttribute("aria-pressed", String(other === button));
    });
    draw();
  });
  choice.appendChild(button);
});

var list = document.getElementById("live-names"), find = document.getElementById("live-find");
data.names.forEach(function (name) {
  var option = document.createElement("option");
  option.value = name;
  list.appendChild(option);
});
find.addEventListener("change", function () {
  var wanted = data.names.indexOf(find.value);
  if (wanted < 0) return;
  var parts = lines.filter(function (line, k) { return nameOf[k] === wanted + 1; });
  var street = L.polyline(parts, {color: "#111", weight: 11, opacity: 0.35, interactive: false});
  marked.clearLayers();
  street.addTo(marked);
  map.fitBounds(street.getBounds().pad(0.3), {maxZoom: 17});
});

map.fitBounds(L.latLngBounds([].concat.apply([], lines)), {animate: false});
draw();
