/** The page: what it wants from the feed, and when it draws which of its parts. */

import { dayName, dayOf, nearestDay } from "./clock.js";
import { Corrections } from "./corrections.js";
import { Decided } from "./decided.js";
import { Directory } from "./directory.js";
import { shape, text } from "./dom.js";
import { Feed } from "./feed.js";
import { Follow, fallback } from "./follow.js";
import { Link } from "./link.js";
import { Medals } from "./medals.js";
import { forget, poll } from "./poll.js";
import { watchRoute } from "./route.js";
import { Schedule } from "./schedule.js";
import { Store } from "./store.js";
import { showAsOf, showLink, showMode, showRetry } from "./strip.js";
import { UnderWay } from "./underway.js";
import { UnitPanel } from "./unit.js";
import { Wire } from "./wire.js";
import { modeWords } from "./words.js";

const CALM = 150; // ms between two drawings, at least
const TOGETHER = 30; // ms in which the other subscription hears of the same cut

const byId = (id) => document.getElementById(id);
const feedUrl = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/feed`;

let mode = "";
let epoch = "";
let today = ""; // the sport day of the newest cut
let chosenDay = "";
let chosenUnit = "";
let shownUnit = "";
let heardAt = 0;
let drawnAt = 0;
let drawing = false;

const feed = new Feed(feedUrl, {
  onHello: (hello) => {
    enter(hello);
    forget();
  },
  onState: (state) => link.feed(state),
  onEpoch: () => {
    directory.reset();
    wire.reset();
    forget();
    draw();
  },
  onChange: (subscription, changed) => {
    heardAt = Date.now();
    if (!store.changed(subscription)) return;
    if (changed.has(`result/${unit()}`)) follow.touch();
    for (const view of changed) if (view.startsWith("medallists/day/")) directory.changed(view);
    draw();
  },
});
const store = new Store(feed);
const directory = new Directory(() => draw());
const link = new Link({
  onChange: () => showLink(link.kind),
  hurry: () => feed.hurry(),
  poll: async (status) => {
    enter(status);
    for (const subscription of [...feed.subscriptions]) {
      await poll(subscription, status);
      store.changed(subscription);
    }
    heardAt = Date.now();
    draw();
  },
});
const page = { store, directory };
const medals = new Medals(page);
const panel = new UnitPanel(page);
const corrections = new Corrections({ ...page, place: byId("corrections") });
const underWay = new UnderWay({ ...page, place: byId("underway") });
const decided = new Decided({ ...page, place: byId("decided-body") });
const wire = new Wire({ place: byId("wire"), label: (code, day) => decided.label(code, day) });
const schedule = new Schedule({
  ...page,
  onDay: (day) => {
    chosenDay = day === today ? "" : day;
    draw();
  },
});
const follow = new Follow({ underWay: () => underWay.rows(), onChange: () => draw() });

/** Take note of what the server says of itself. */
function enter(server) {
  mode = String(server.mode ?? "");
  epoch = String(server.epoch ?? "");
  showMode(mode);
}

/** The unit that is wanted; the one on show stays until the wanted one's rows are here. */
const wanted = () => chosenUnit || follow.unit;

/** The unit on show. */
const unit = () => shownUnit;

/** Decide which day and which unit are on show, and ask for their views. */
function settle() {
  const { days } = directory;
  const { time } = store.newest;
  if (time && days.length) today = nearestDay(days, dayOf(time, directory.gamesZone));
  schedule.day = chosenDay || today;
  decided.days = [...new Set([schedule.day, today])].filter(Boolean);
  const views = decided.days.map((day) => `medallists/day/${day}`);
  if (schedule.day) views.push(`schedule/day/${schedule.day}`);
  store.want("main", ["medals/table", "current/*", ...views].sort());
  if (!chosenUnit && store.has("main")) {
    follow.decide();
    if (!follow.unit && today) follow.put(fallback(store.rows(`schedule/day/${today}`)));
  }
  if (!wanted()) return;
  store.want("unit", UnitPanel.views(wanted()));
  if (!shownUnit || !store.coming("unit")) shownUnit = wanted();
}

function draw() {
  if (drawing) return;
  drawing = true;
  setTimeout(() => requestAnimationFrame(drawNow), Math.max(TOGETHER, drawnAt + CALM - Date.now()));
}

function drawNow() {
  drawing = false;
  drawnAt = Date.now();
  settle();
  text(byId("day-name"), today ? dayName(today) : "Results");
  const number = directory.days.indexOf(today) + 1;
  text(byId("day-number"), number ? `, day ${number} of ${directory.days.length}` : "");
  text(byId("decided-name"), schedule.day && schedule.day !== today ? `Decided on ${dayName(schedule.day)}` : "Decided today");
  schedule.render();
  panel.render(unit(), !chosenUnit);
  if (unit()) corrections.render(unit());
  underWay.render(unit());
  medals.render();
  decided.render();
  if (store.holds(`medallists/day/${today}`)) wire.take([...store.rows(`medallists/day/${today}`).values()]);
  showEdition();
  showClock();
}

function showClock() {
  const stale = link.kind === "live" || link.kind === "connecting" ? 0 : Date.now() - heardAt;
  showAsOf(store.newest, directory.gamesZone, heardAt ? stale : 0);
  showRetry(link.kind, link.retryAt);
}

function showEdition() {
  const name = unit() ? panel.name(unit()) : "Results";
  const title = `${name} · ${mode && mode !== "live" ? `${modeWords(mode)[0]} · ` : ""}Podium`;
  if (document.title !== title) document.title = title;
  text(byId("edition"), `Cut ${store.newest.cut.toLocaleString("en-GB")} of epoch ${epoch || "–"}.`);
}

/** Go to a section without touching the address, which names the unit. */
function goTo(event) {
  const target = byId(event.currentTarget.dataset.goto);
  event.preventDefault();
  target.focus({ preventScroll: true });
  target.scrollIntoView();
}

for (const node of document.querySelectorAll("[data-goto]")) node.addEventListener("click", goTo);
for (const node of document.querySelectorAll(".shape[data-shape]")) node.replaceWith(shape(node.dataset.shape));
chosenUnit = watchRoute((named) => {
  chosenUnit = named;
  draw();
  byId("unit").scrollIntoView({ block: "nearest" });
});
showLink(link.kind);
setInterval(showClock, 1000);
settle();
draw();
feed.start();
