/** The schedule of a day, at the time of the venue: what is under way and next, the whole day, or what gives medals. */

import { dayShort, instantOf, timeOf } from "./clock.js";
import { el, mark, set, text } from "./dom.js";
import { reconcile } from "./keyed.js";
import { linkTo } from "./route.js";
import { COMPLETE, UNDER_WAY, count, disciplineName, resultStatus, scheduleStatus, spellUnit } from "./words.js";

const RECENT = 4; // units that are over, before those under way
const MOST_UNDER_WAY = 10;
const NEXT = 14; // units to come, after them
const begin = (row) => row.start ?? row.started ?? (over(row) ? 0 : Number.MAX_SAFE_INTEGER);
const over = (row) => ["FINISHED", "CANCELLED", "NOT_HELD"].includes(row.status);

export class Schedule {
  /** @param {{store: Object, directory: Object, onDay: Function}} page */
  constructor({ store, directory, onDay }) {
    this.store = store;
    this.directory = directory;
    this.show = "now";
    this.discipline = "";
    this.day = "";
    this.#onDay = onDay;
    this.#build(document.getElementById("schedule-body"));
    this.#listen();
  }

  #onDay;
  #body;
  #caption;
  #table;
  #none;
  #rest;
  #left = 0; // units under way that are not shown
  #days = document.getElementById("day");
  #disciplines = document.getElementById("discipline");

  #build(place) {
    this.#caption = el("caption", { class: "unseen" });
    this.#body = el("tbody");
    this.#table = el("table", { class: "day-table" }, this.#caption,
      el("thead", {}, el("tr", {}, ...["time", "what", "status"].map((name, index) => el("th", { scope: "col", class: name }, ["Time", "Unit", "Status"][index])))),
      this.#body);
    this.#none = el("p", { class: "quiet" });
    this.#rest = el("p", { class: "quiet" });
    place.append(this.#none, this.#table, this.#rest);
  }

  #listen() {
    for (const input of document.getElementsByName("schedule-show")) {
      input.addEventListener("change", () => {
        this.show = input.value;
        this.render();
      });
    }
    this.#disciplines.addEventListener("change", () => {
      this.discipline = this.#disciplines.value;
      this.render();
    });
    this.#days.addEventListener("change", () => this.#onDay(this.#days.value));
    document.getElementById("day-before").addEventListener("click", () => this.#step(-1));
    document.getElementById("day-after").addEventListener("click", () => this.#step(1));
  }

  #step(by) {
    const day = this.directory.days[this.directory.days.indexOf(this.day) + by];
    if (day) this.#onDay(day);
  }

  /** Show the day that is chosen. */
  render() {
    const { days } = this.directory;
    options(this.#days, days.map((day) => [day, dayShort(day)]), this.day);
    set(document.getElementById("day-before"), "disabled", days.indexOf(this.day) <= 0);
    set(document.getElementById("day-after"), "disabled", days.indexOf(this.day) < 0 || days.indexOf(this.day) === days.length - 1);
    const all = [...this.store.rows(`schedule/day/${this.day}`).values()];
    this.directory.learn(this.store.rows(`schedule/day/${this.day}`));
    this.#chooseDiscipline(all);
    this.#left = 0;
    const rows = this.#select(all);
    set(this.#rest, "hidden", this.#left === 0);
    text(this.#rest, `${count(this.#left, "more unit")} under way: choose the whole day to see them.`);
    text(this.#caption, `Schedule of ${dayShort(this.day)}, at the time of the venue`);
    set(this.#table, "hidden", rows.length === 0);
    set(this.#none, "hidden", rows.length > 0);
    text(this.#none, all.length ? "Nothing here: choose the whole day, or all disciplines." : this.store.has("main") ? "Nothing is planned on this day." : "Loading.");
    reconcile(this.#body, rows, { key: (row) => row.unit, create: (row) => line(row), update: (node, row) => this.#show(node, row) });
  }

  #chooseDiscipline(all) {
    const codes = [...new Set(all.map((row) => row.unit.slice(0, 3)))];
    const named = codes.map((code) => [code, disciplineName(code)]).sort((a, b) => (a[1] < b[1] ? -1 : 1));
    if (this.discipline && !codes.includes(this.discipline)) named.push([this.discipline, disciplineName(this.discipline)]);
    options(this.#disciplines, [["", "All disciplines"], ...named], this.discipline);
  }

  #select(all) {
    const rows = all.filter((row) => !this.discipline || row.unit.startsWith(this.discipline));
    rows.sort((a, b) => begin(a) - begin(b) || (a.unit < b.unit ? -1 : 1));
    if (this.show === "medals") return rows.filter((row) => row.medal);
    if (this.show === "all") return rows;
    const done = rows.filter(over).slice(-RECENT);
    const next = rows.filter((row) => !over(row) && !UNDER_WAY.has(row.status)).slice(0, NEXT);
    const now = rows.filter((row) => UNDER_WAY.has(row.status));
    const shown = new Set([...now].sort((a, b) => (b.medal ? 1 : 0) - (a.medal ? 1 : 0) || begin(b) - begin(a)).slice(0, MOST_UNDER_WAY));
    this.#left = now.length - shown.size;
    return [...done, ...now.filter((row) => shown.has(row)), ...next];
  }

  #show(node, row) {
    const [time, what, status] = node.cells;
    const zone = this.directory.zone(row.venue);
    const at = row.start ?? row.started;
    text(time.firstChild, at ? timeOf(at, zone) : "–");
    set(time.firstChild, "datetime", at ? instantOf(at) : null);
    text(what.querySelector("a"), row.name || spellUnit(row.unit));
    const medal = { 1: "Gold medal", 3: "Bronze medal" }[row.medal] ?? (row.medal ? "Medals" : "");
    text(what.querySelector(".medal-mark"), medal);
    text(what.querySelector(".where"), [disciplineName(row.unit.slice(0, 3)), this.directory.venue(row.venue)].filter(Boolean).join(" · "));
    set(node, "data-under-way", UNDER_WAY.has(row.status));
    set(node, "data-over", over(row));
    const [name, words] = row.status === "FINISHED" && COMPLETE.has(row.result) ? resultStatus(row.result) : scheduleStatus(row.status ?? "SCHEDULED");
    mark(status, name, words);
    set(status, "title", row.reason || null);
  }
}

function line(row) {
  return el(
    "tr",
    {},
    el("td", { class: "time" }, el("time")),
    el("th", { scope: "row", class: "what" }, el("a", { href: linkTo(row.unit) }), el("span", { class: "where" }), el("span", { class: "medal-mark" })),
    el("td", { class: "status" }),
  );
}

/** Give a select its options, without closing it under somebody's hand. */
function options(select, pairs, value) {
  const said = JSON.stringify(pairs);
  if (select.dataset.said !== said) {
    select.dataset.said = said;
    select.replaceChildren(...pairs.map(([code, words]) => el("option", { value: code }, words)));
  }
  if (select.value !== value) select.value = value;
}
