/** The rows of a unit as a table: rank, who, parts, mark, gap. Rows move to where they belong; changed ranks are marked. */

import { el, mark, set, shape, text, unseen } from "./dom.js";
import { reconcile } from "./keyed.js";
import { irmWords, medalWords, qualificationWords } from "./words.js";

const MARKED = 3000; // ms that a changed rank or mark is marked
const FIRST = 16;
const OTHERS = 380; // pixels that rank, name and mark want beside the parts
const DIGIT = 7.6; // pixels of a digit in a part
const BESIDE_TAPE = 172; // pixels that rank and mark take, where parts have no columns
const TAPE_CHARACTER = 6.4; // pixels
const MARK_WORDS = { timed: "Time", match: "Score", judged: "Score", lifting: "Total", points: "Points", target: "Score" };
const numerically = new Intl.Collator("en", { numeric: true }).compare;

export class Standings {
  /** @param {{directory: Object}} page */
  constructor({ directory }) {
    this.directory = directory;
    this.all = false;
    this.#build();
  }

  #head;
  #body;
  #caption;
  #more;
  #unit = "";
  #known = new Map(); // participant -> what was shown last, and until when its change is marked
  #redraw = () => {};

  #build() {
    this.#caption = el("caption", { class: "unseen" });
    this.#head = el("tr");
    this.#body = el("tbody");
    this.table = el("table", { class: "standings" }, this.#caption, el("thead", {}, this.#head), this.#body);
    this.#more = el("button", { type: "button", class: "more", "aria-expanded": "false" });
    this.#more.addEventListener("click", () => {
      this.all = !this.all;
      this.#redraw();
    });
    this.node = el("div", { class: "standings-frame" }, this.table, this.#more);
  }

  /**
   * Show rows of a unit.
   *
   * @param {{unit: string, name: string, head: Object, rows: Object[]}} what
   */
  render(what) {
    const { unit, name, head, rows } = what;
    if (unit !== this.#unit) {
      this.#unit = unit;
      this.#known.clear();
      this.all = false;
    }
    this.#redraw = () => this.render(what);
    const match = head.model === "match";
    const ordered = [...rows].sort(match ? bySide : bySort);
    const ranked = rows.some((row) => row.rank);
    const shown = this.all ? ordered : ordered.slice(0, FIRST);
    const all = partsOf(rows);
    const width = this.node.clientWidth; // asked once: every answer costs a layout
    const parts = this.#fitting(shown, all, width);
    const room = (width - BESIDE_TAPE) / TAPE_CHARACTER;
    const gaps = !match && rows.some((row) => row.gap);
    const columns = { match, ranked, parts, tape: parts.length ? [] : all, room, gaps: gaps && parts.length === 0 };
    set(this.table, "data-gaps", columns.gaps);
    text(this.#caption, `${name}: ${ranked ? "standings" : "start list"}`);
    set(this.table, "data-model", match ? "match" : "");
    set(this.table, "hidden", rows.length === 0);
    this.table.style.setProperty("--mark", `${markWidth(shown)}px`);
    this.#headings(columns, head);
    reconcile(this.#body, shown, {
      key: (row) => row.key,
      create: () => line(),
      update: (node, row) => this.#show(node, row, columns),
      moving: true,
    });
    set(this.#more, "hidden", rows.length <= FIRST);
    set(this.#more, "aria-expanded", String(this.all));
    text(this.#more, this.all ? `Show the first ${FIRST}` : `Show all ${rows.length}`);
  }

  /** Return the last parts that have room in columns of their own; none where not even two have. */
  #fitting(rows, parts, room) {
    if (parts.length === 0) return [];
    const longest = Math.max(2, ...rows.flatMap((row) => Object.values(row.parts ?? {}).map((part) => String(part).length)));
    const width = Math.round(longest * DIGIT + 14);
    const fit = Math.min(parts.length, Math.floor((room - OTHERS) / width));
    this.table.style.setProperty("--part", `${width}px`);
    return fit < Math.min(2, parts.length) ? [] : parts.slice(-fit);
  }

  #headings({ ranked, match, parts, gaps }, head) {
    const words = [ranked && !match ? "Rank" : match ? "" : "Order", "Name", ...parts, MARK_WORDS[head.model] ?? "Result", gaps ? "Gap" : ""];
    const said = JSON.stringify([words, gaps]);
    if (this.#head.dataset.said === said) return;
    this.#head.dataset.said = said;
    const last = words.length - 2;
    this.#head.replaceChildren(...words.map((word, index) => {
      const name = ["rank", "who"][index] ?? (index < last ? "part" : index === last ? "mark" : gaps ? "gap" : "gap none");
      return el("th", { scope: "col", class: name }, word || unseen(index === 0 ? "Side" : "Gap"));
    }));
  }

  #show(node, row, { match, ranked, parts, tape, room, gaps }) {
    const [place, who] = node.cells;
    const change = this.#note(row);
    showPlace(place, row, { match, ranked });
    showMedal(place.querySelector(".disc"), row.medal);
    showChange(place.querySelector(".change"), change);
    set(node, "data-fresh", change.fresh);
    set(node, "data-leads", (row.rank === 1 && ranked) || row.wlt === "W");
    this.#showWho(who, row, tape, room);
    fit(node, parts.length);
    const cells = [...node.cells].slice(2);
    parts.forEach((part, index) => text(cells[index], row.parts?.[part] ?? ""));
    showMark(cells.at(-2), row);
    text(cells.at(-1), gaps ? signed(row.gap) : "");
    set(cells.at(-1), "class", gaps ? "gap" : "gap none");
  }

  #showWho(cell, row, tape, room) {
    const person = row.participant ? this.directory.person(row.participant, this.#unit.slice(0, 3)) : undefined;
    text(cell.querySelector(".name"), person?.name || row.participant || placeWords(row));
    const code = person?.organisation ?? "";
    text(cell.querySelector(".code"), code);
    const land = code ? this.directory.organisation(code) : "";
    text(cell.querySelector(".land"), land === person?.name ? "" : land);
    text(cell.querySelector(".bib"), row.bib ? `No. ${row.bib}` : "");
    text(cell.querySelector(".tape"), strung(tape.map((part) => row.parts?.[part]).filter(Boolean), room));
  }

  /** Compare a row with what was shown before; return what is to be marked, and mark it no more in a while. */
  #note(row) {
    const now = Date.now();
    const key = row.key;
    const held = this.#known.get(key);
    const said = `${row.mark ?? ""} ${row.irm ?? ""}`;
    const next = { rank: row.rank, said, up: 0, until: 0, freshUntil: 0 };
    if (held) {
      Object.assign(next, { up: held.up, until: held.until, freshUntil: held.freshUntil });
      if (held.rank && row.rank && held.rank !== row.rank) Object.assign(next, { up: held.rank - row.rank, until: now + MARKED });
      if (held.said !== said) next.freshUntil = now + MARKED;
    }
    this.#known.set(key, next);
    const last = Math.max(next.until, next.freshUntil);
    if (last > now && (held?.until !== next.until || held?.freshUntil !== next.freshUntil)) {
      setTimeout(() => this.#redraw(), last - now + 20);
    }
    return { up: next.until > now ? next.up : 0, fresh: next.freshUntil > now };
  }
}

function line() {
  return el(
    "tr",
    {},
    el("td", { class: "rank" }, el("span", { class: "number" }), unseen(""), el("span", { class: "disc", "aria-hidden": "true", hidden: true }), el("span", { class: "change" })),
    el("th", { scope: "row", class: "who" },
      el("span", { class: "name" }),
      el("span", { class: "from" }, el("span", { class: "code" }), el("span", { class: "land" }), el("span", { class: "bib" })),
      el("span", { class: "tape" })),
    el("td", { class: "mark" }, el("span", { class: "value" }), el("span", { class: "note" }), el("span", { class: "under" })),
    el("td", { class: "gap" }),
  );
}

/** Return the pixels that the longest mark needs; a phone has none to spare. */
function markWidth(rows) {
  const needs = (mark) => [...mark].reduce((sum, sign) => sum + (/[0-9A-Z]/.test(sign) ? 14 : 7), 0);
  return Math.max(72, ...rows.map((row) => needs(String(row.mark ?? "")) + (row.qualification ? 28 : 0)));
}

/** Give a row as many part cells as there are parts. */
function fit(node, parts) {
  while (node.cells.length - 4 < parts) node.insertBefore(el("td", { class: "part" }), node.cells[2]);
  while (node.cells.length - 4 > parts) node.cells[2].remove();
}

function showPlace(cell, row, { match, ranked }) {
  const [number, words] = cell.children;
  if (match) {
    if (row.wlt === "W") mark(number, "check", "");
    else if (number.dataset.said) {
      delete number.dataset.said;
      number.replaceChildren();
    }
    text(words, { W: "Winner", L: "Lost", T: "Drawn" }[row.wlt] ?? "");
  } else if (ranked) {
    text(number, row.undecided ? "?" : row.rank ? `${row.tied ? "=" : ""}${row.rank}` : "–");
    text(words, row.undecided ? " order not decided yet" : row.rank ? (row.tied ? " shared" : "") : " no rank");
  } else {
    text(number, row.order ?? "");
    text(words, "");
  }
}

function showMedal(node, medal) {
  const words = medal ? medalWords(medal) : "";
  set(node, "hidden", !medal);
  set(node, "class", `disc ${words.toLowerCase()}`);
  set(node, "title", words || null);
  text(node, words.slice(0, 1));
}

function showChange(node, { up }) {
  const said = up ? `${up}` : "";
  if (node.dataset.said === said) return;
  node.dataset.said = said;
  set(node, "data-way", up > 0 ? "up" : up < 0 ? "down" : null);
  node.replaceChildren(...(up ? [shape(up > 0 ? "up" : "down"), Math.abs(up), unseen(up > 0 ? " up" : " down")] : []));
}

function showMark(cell, row) {
  const [value, note, under] = cell.children;
  text(value, row.irm || row.mark || "");
  set(value, "data-irm", Boolean(row.irm));
  const words = [
    row.irm ? irmWords(row.irm) : "",
    row.irm && row.mark ? row.mark : "",
    row.qualification ? row.qualification : "",
  ].filter(Boolean);
  if (row.qualification) {
    const said = `${words.join(" ")} ${row.qualification}`;
    if (note.dataset.said !== said) {
      note.dataset.said = said;
      note.replaceChildren(el("abbr", { title: qualificationWords(row.qualification) }, row.qualification), unseen(` ${qualificationWords(row.qualification)}`));
    }
    set(note, "class", "note badge");
  } else {
    if (note.dataset.said) delete note.dataset.said;
    text(note, words.join(", "));
    set(note, "class", "note");
  }
  text(under, signed(row.gap));
}

const signed = (gap) => String(gap ?? "").replace(/^-/, "−");
const placeWords = (row) => ({ TBD: "To be decided", BYE: "Bye" })[row.place] ?? (row.from_unit ? `${row.takes === "L" ? "Loser" : "Winner"} of an earlier unit` : "To be decided");
const bySort = (a, b) => (a.sort || 9999) - (b.sort || 9999) || (a.order ?? 9999) - (b.order ?? 9999) || (a.key < b.key ? -1 : 1);
const bySide = (a, b) => (a.order ?? 9999) - (b.order ?? 9999) || bySort(a, b);

function partsOf(rows) {
  const names = new Set(rows.flatMap((row) => Object.keys(row.parts ?? {})));
  return [...names].sort(numerically);
}

/** Return the last parts that go into one line of so many characters. */
function strung(parts, room) {
  const kept = [];
  let length = 0;
  for (const part of parts.reverse()) {
    length += part.length + 3;
    if (length > room + 3) break;
    kept.unshift(part);
  }
  return kept.join(" · ");
}
