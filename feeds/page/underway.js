/** All units under way, to choose from. */

import { el, mark, set, text } from "./dom.js";
import { reconcile } from "./keyed.js";
import { linkTo } from "./route.js";
import { count, disciplineName, scheduleStatus } from "./words.js";

const FIRST = () => (innerWidth < 700 ? 5 : 9);

export class UnderWay {
  /** @param {{store: Object, directory: Object, place: Element}} page */
  constructor({ store, directory, place }) {
    this.store = store;
    this.directory = directory;
    this.all = false;
    this.#title = el("h3", { id: "underway-name" });
    this.#list = el("ul", { class: "underway", "aria-labelledby": "underway-name" });
    this.#more = el("button", { type: "button", class: "more", "aria-expanded": "false" });
    this.#more.addEventListener("click", () => {
      this.all = !this.all;
      this.render(this.#shown);
    });
    place.append(this.#title, this.#list, this.#more);
  }

  #title;
  #list;
  #more;
  #shown = "";
  #width = 0;
  #height = 0;

  /** Let the list never get shorter while it is as wide as it is: what is below it stays where it is. */
  #keepHeight() {
    if (this.#width !== innerWidth || this.all || this.#list.childElementCount === 0) {
      this.#width = innerWidth;
      this.#list.style.minHeight = "";
      this.#height = 0;
    }
    const height = this.#list.offsetHeight;
    if (!this.all && height > this.#height) {
      this.#height = height;
      this.#list.style.minHeight = `${height}px`;
    }
  }

  /** Return the rows of all units under way: of every discipline the one that began first, then of each the next. */
  rows() {
    const rows = this.store.names("current/").flatMap((view) => {
      const venue = view.slice("current/".length);
      return [...this.store.rows(view).values()].map((row) => ({ ...row, venue }));
    });
    rows.sort((a, b) => (a.started ?? 0) - (b.started ?? 0) || (a.unit < b.unit ? -1 : 1));
    const turns = new Map();
    for (const row of rows) {
      const discipline = row.unit.slice(0, 3);
      row.turn = turns.get(discipline) ?? 0;
      turns.set(discipline, row.turn + 1);
    }
    return rows.sort((a, b) => a.turn - b.turn || (a.unit < b.unit ? -1 : 1));
  }

  /** Show them; `shown` is the unit that is shown above. */
  render(shown) {
    this.#shown = shown;
    const rows = this.rows();
    text(this.#title, rows.length ? `${count(rows.length, "unit")} under way` : "Nothing is under way just now");
    reconcile(this.#list, this.all ? rows : rows.slice(0, FIRST()), {
      key: (row) => row.unit,
      create: (row) => el("li", {}, el("a", { href: linkTo(row.unit) }, el("span", { class: "small" }), el("span", { class: "name" }), el("span", { class: "small status" }))),
      update: (node, row) => {
        const link = node.firstChild;
        const [discipline, name, status] = link.children;
        set(link, "aria-current", row.unit === shown ? "true" : null);
        text(discipline, [disciplineName(row.unit.slice(0, 3)), this.directory.venue(row.venue)].join(" · "));
        text(name, row.name || this.directory.unit(row.unit)?.name || row.unit);
        mark(status, ...scheduleStatus(row.status));
      },
    });
    set(this.#more, "hidden", rows.length <= FIRST());
    set(this.#more, "aria-expanded", String(this.all));
    text(this.#more, this.all ? "Show fewer" : `Show all ${rows.length}`);
    this.#keepHeight();
  }
}
