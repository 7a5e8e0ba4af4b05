/** The medal table: by gold or by total, the first ten or all. */

import { el, set, text, unseen } from "./dom.js";
import { reconcile } from "./keyed.js";

const FIRST = 10;

export class Medals {
  /** @param {{store: Object, directory: Object}} page */
  constructor({ store, directory }) {
    this.store = store;
    this.directory = directory;
    this.order = "gold";
    this.all = false;
    this.#build(document.getElementById("medals-body"));
    for (const input of document.getElementsByName("medal-order")) {
      input.addEventListener("change", () => {
        this.order = input.value;
        this.render();
      });
    }
  }

  #body;
  #caption;
  #more;
  #none;
  #table;

  #build(place) {
    const head = (name, letter) =>
      el("th", { scope: "col", class: "count" }, el("span", { class: `disc ${name.toLowerCase()}`, "aria-hidden": "true" }, letter), unseen(name));
    this.#caption = el("caption", { class: "unseen" });
    this.#body = el("tbody");
    this.#table = el(
      "table",
      { class: "medal-table" },
      this.#caption,
      el("thead", {}, el("tr", {},
        el("th", { scope: "col", class: "rank" }, unseen("Rank")),
        el("th", { scope: "col" }, el("span", { class: "small" }, "Organisation")),
        head("Gold", "G"), head("Silver", "S"), head("Bronze", "B"),
        el("th", { scope: "col", class: "count total" }, el("span", { class: "small" }, "Total")))),
      this.#body,
    );
    this.#none = el("p", { class: "quiet" }, "No medals yet.");
    this.#more = el("button", { type: "button", class: "more", "aria-expanded": "false" });
    this.#more.addEventListener("click", () => {
      this.all = !this.all;
      this.render();
    });
    place.append(this.#none, this.#table, this.#more);
  }

  /** Show the table as it stands. */
  render() {
    const [sort, rank, tied] = this.order === "gold" ? ["sort", "rank", "tied"] : ["sort_total", "rank_total", "tied_total"];
    const rows = [...this.store.rows("medals/table").values()].sort((a, b) => (a[sort] ?? 0) - (b[sort] ?? 0));
    const most = Math.max(1, ...rows.map((row) => row.total ?? 0));
    const shown = this.all ? rows : rows.slice(0, FIRST);
    set(this.#none, "hidden", rows.length > 0 || !this.store.has("main"));
    set(this.#table, "hidden", rows.length === 0);
    text(this.#caption, this.order === "gold" ? "Medal table, most gold first" : "Medal table, most medals first");
    set(this.#table, "data-order", this.order);
    reconcile(this.#body, shown, {
      key: (row) => row.organisation,
      create: () => line(),
      update: (node, row) => this.#show(node, row, { rank: row[rank], tied: row[tied], most }),
      moving: true,
    });
    set(this.#more, "hidden", rows.length <= FIRST);
    set(this.#more, "aria-expanded", String(this.all));
    text(this.#more, this.all ? "Show the first ten" : `Show all ${rows.length}`);
  }

  #show(node, row, { rank, tied, most }) {
    const { cells } = node;
    text(cells[0].firstChild, rank ? `${tied ? "=" : ""}${rank}` : "–");
    text(cells[0].lastChild, rank ? (tied ? ", shared" : "") : "not ranked");
    text(cells[1].querySelector(".code"), row.organisation);
    text(cells[1].querySelector(".name"), this.directory.organisation(row.organisation));
    ["gold", "silver", "bronze", "total"].forEach((field, index) => {
      text(cells[index + 2], row[field] ?? 0);
      set(cells[index + 2], "data-none", !row[field]);
    });
    const bars = cells[1].querySelectorAll(".bar i");
    ["gold", "silver", "bronze"].forEach((field, index) => {
      bars[index].style.width = `${((row[field] ?? 0) / most) * 100}%`;
    });
  }
}

function line() {
  const bar = el("span", { class: "bar", "aria-hidden": "true" }, el("i", { class: "gold" }), el("i", { class: "silver" }), el("i", { class: "bronze" }));
  return el(
    "tr",
    {},
    el("td", { class: "rank" }, el("span"), unseen("")),
    el("th", { scope: "row", class: "who" }, el("span", { class: "team" }, el("span", { class: "code" }), el("span", { class: "name" })), bar),
    ...["count", "count", "count", "count total"].map((name) => el("td", { class: name })),
  );
}
