/** What was corrected in a unit; where nothing was, the newest correction of its discipline. */

import { timeOf } from "./clock.js";
import { el, set } from "./dom.js";
import { reconcile } from "./keyed.js";
import { disciplineName } from "./words.js";

const MOST = 4;
const plain = (code) => String(code ?? "").replaceAll("_", " ");

export class Corrections {
  /** @param {{store: Object, directory: Object, place: Element}} page */
  constructor({ store, directory, place }) {
    this.store = store;
    this.directory = directory;
    this.#title = el("h3", {}, "Corrections");
    this.#list = el("ul", { class: "corrections" });
    this.#place = place;
    place.append(this.#title, this.#list);
  }

  #title;
  #list;
  #place;

  /** Show the corrections of a unit, the newest first. */
  render(unit) {
    const discipline = unit.slice(0, 3);
    const all = [...this.store.rows(`corrections/${discipline}`)].map(([key, row]) => ({ ...row, key })).sort((a, b) => (b.at ?? 0) - (a.at ?? 0));
    const own = all.filter((row) => row.unit === unit).slice(0, MOST);
    const shown = own.length ? own : all.slice(0, 1);
    set(this.#place, "hidden", shown.length === 0);
    reconcile(this.#list, shown, {
      key: (row) => row.key,
      create: () => el("li", {}, el("time"), el("span")),
      update: (node, row) => this.#show(node, row, own.length === 0),
    });
  }

  #show(node, row, elsewhere) {
    const plan = this.directory.unit(row.unit) ?? {};
    node.firstChild.textContent = row.at ? timeOf(row.at, this.directory.zone(plan.venue)) : "";
    const who = row.subject ? this.directory.person(row.subject, row.unit.slice(0, 3))?.name ?? row.subject : "";
    const where = elsewhere ? `${disciplineName(row.unit.slice(0, 3))}, ${plan.name ?? ""}: ` : "";
    const change = row.now ? `${row.was ? `${row.was} is now ` : ""}${row.now}` : `${row.was ?? ""} withdrawn`;
    const state = row.state === "pending" ? "; waits for the message that it corrects" : "";
    const reason = row.reason ? ` (${row.reason})` : "";
    node.lastChild.textContent = `${where}${[who, plain(row.kind)].filter(Boolean).join(", ")}: ${change}${reason}${state}`;
  }
}
