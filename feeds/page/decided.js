/** Events whose medals are decided, the newest first, with their medallists. */

import { el, set, text, unseen } from "./dom.js";
import { reconcile } from "./keyed.js";
import { linkTo } from "./route.js";
import { disciplineName, medalWords, spellUnit } from "./words.js";

const FIRST = 6;
const ORDER = { ME_GOLD: 0, ME_SILVER: 1, ME_BRONZE: 2 };

export class Decided {
  /** @param {{store: Object, directory: Object, place: Element}} page */
  constructor({ store, directory, place }) {
    this.store = store;
    this.directory = directory;
    this.all = false;
    this.days = [];
    this.#list = el("ol", { class: "events" });
    this.#none = el("p", { class: "quiet" });
    this.#more = el("button", { type: "button", class: "more", "aria-expanded": "false" });
    this.#more.addEventListener("click", () => {
      this.all = !this.all;
      this.render();
    });
    place.append(this.#none, this.#list, this.#more);
  }

  #list;
  #none;
  #more;
  #came = new Map(); // event -> when its first medal was seen here; those of the first image have none
  #begun = false;

  /** Return the decided events of the days, the newest first: {event, day, medals}. */
  events() {
    const events = new Map();
    for (const day of this.days) {
      for (const row of this.store.rows(`medallists/day/${day}`).values()) {
        const event = events.get(row.event) ?? { event: row.event, day, unit: "", medals: [] };
        event.medals.push(row);
        event.unit ||= row.unit ?? "";
        events.set(row.event, event);
      }
    }
    const now = Date.now();
    for (const code of events.keys()) if (!this.#came.has(code)) this.#came.set(code, this.#begun ? now : 0);
    this.#begun ||= this.days.length > 0 && this.days.every((day) => this.store.holds(`medallists/day/${day}`));
    const began = (unit) => this.directory.unit(unit)?.started ?? this.directory.unit(unit)?.start ?? 0;
    return [...events.values()].sort((a, b) =>
      this.#came.get(b.event) - this.#came.get(a.event) || (a.day < b.day ? 1 : a.day > b.day ? -1 : 0) || began(b.unit) - began(a.unit) || (a.event < b.event ? -1 : 1));
  }

  /** Return the name of a medallist or an event. */
  label(code, day) {
    return this.directory.label(code, `medallists/day/${day}`) ?? code;
  }

  /** Show them. */
  render() {
    const events = this.events();
    set(this.#none, "hidden", events.length > 0);
    text(this.#none, this.#known() ? "No medals have been decided on this day yet." : "Loading.");
    reconcile(this.#list, this.all ? events : events.slice(0, FIRST), {
      key: ({ event }) => event,
      create: ({ event }) => el("li", {}, el("p", { class: "small" }, disciplineName(event.slice(0, 3))), el("h3", {}, el("a")), el("ul")),
      update: (node, event) => this.#show(node, event),
    });
    set(this.#more, "hidden", events.length <= FIRST);
    set(this.#more, "aria-expanded", String(this.all));
    text(this.#more, this.all ? "Show fewer" : `Show all ${events.length}`);
  }

  /** Say whether what the days hold is here, so that nothing there is nothing. */
  #known() {
    return this.store.has("main") && this.directory.hasDays && this.days.every((day) => this.store.holds(`medallists/day/${day}`));
  }

  #show(node, { event, day, unit, medals }) {
    const link = node.querySelector("a");
    text(link, this.directory.label(event, `medallists/day/${day}`) ?? spellUnit(event));
    set(link, "href", unit ? linkTo(unit) : null);
    const ordered = [...medals].sort((a, b) => ORDER[a.medal] - ORDER[b.medal] || (a.participant < b.participant ? -1 : 1));
    reconcile(node.querySelector("ul"), ordered, {
      key: (row) => row.participant,
      create: () => el("li", {}, el("span", { class: "disc", "aria-hidden": "true" }), unseen(""), el("span", { class: "name" }), el("span", { class: "code" }), el("span", { class: "small" })),
      update: (line, row) => {
        const [disc, word, name, code, state] = line.children;
        const medal = medalWords(row.medal);
        set(disc, "class", `disc ${medal.toLowerCase()}`);
        text(disc, medal[0]);
        text(word, `${medal}: `);
        text(name, this.label(row.participant, day));
        text(code, row.organisation ?? "");
        text(state, row.state === "under_review" ? "under review" : row.state === "reallocated" ? "reallocated" : "");
      },
    });
  }
}
