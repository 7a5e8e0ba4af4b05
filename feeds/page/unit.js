/** One unit: its name, how far its result may be relied upon, what is odd about it, and its standings. */

import { timeOf } from "./clock.js";
import { el, set, shape, text } from "./dom.js";
import { reconcile } from "./keyed.js";
import { FOLLOWING, linkTo } from "./route.js";
import { Standings } from "./standings.js";
import { basisWords, count, disciplineName, resultStatus, scheduleStatus, spellUnit } from "./words.js";

const HEAD = "@";
const NOTHING = new Map();

export class UnitPanel {
  /** @param {{store: Object, directory: Object}} page */
  constructor({ store, directory }) {
    this.store = store;
    this.directory = directory;
    this.standings = new Standings({ directory });
    this.#empty = el("p", { class: "quiet" });
    this.#totals = el("p", { class: "totals" });
    document.getElementById("unit-body").append(this.#empty, this.standings.node, this.#totals);
  }

  #empty;
  #totals;

  /** Return the views that a unit needs. */
  static views(unit) {
    const { event, phase } = around(unit);
    const views = [`result/${unit}`, `startlist/${unit}`, `medallists/${event}`, `corrections/${unit.slice(0, 3)}`];
    return [...new Set([...views, ...[unit, phase, event].map((code) => `cumulative/${code}`)])];
  }

  /** Return what a unit is called. */
  name(unit) {
    return this.directory.unit(unit)?.name || this.directory.label(unit, `result/${unit}`) || spellUnit(unit);
  }

  /** Show a unit; `following` says that nobody chose it. */
  render(unit, following) {
    if (!unit) return;
    const plan = this.directory.unit(unit) ?? {};
    const rows = this.#rows(unit);
    const head = rows.get(HEAD) ?? {};
    const name = this.name(unit);
    this.#heading(unit, name, plan, following);
    this.#state(head, plan, unit);
    const lines = this.#lines(rows, unit);
    set(this.#empty, "hidden", lines.length > 0);
    text(this.#empty, this.store.has("unit") ? "Nothing is known of this unit yet." : "Loading.");
    this.standings.render({ unit, name, head, rows: lines });
    this.#showTotals(unit);
  }

  #rows(unit) {
    const result = this.store.rows(`result/${unit}`);
    if (result.size) return result;
    const total = this.store.rows(`cumulative/${unit}`);
    return total.size ? total : NOTHING;
  }

  #lines(rows, unit) {
    const medals = this.store.rows(`medallists/${around(unit).event}`);
    const medal = (code) => (decides(medals.get(code), unit) ? medals.get(code).medal : "");
    const lines = [...rows].filter(([key]) => key !== HEAD).map(([key, row]) => ({ ...row, key, medal: medal(key) }));
    if (lines.length) return lines;
    return [...this.store.rows(`startlist/${unit}`)].map(([key, row]) => ({ ...row, key }));
  }

  /** Link the totals that the unit counts towards. */
  #showTotals(unit) {
    const { event, phase } = around(unit);
    const codes = [...new Set([phase, event])].filter((code) => code !== unit && this.store.rows(`cumulative/${code}`).size > 1);
    set(this.#totals, "hidden", codes.length === 0);
    reconcile(this.#totals, codes, {
      key: (code) => code,
      create: (code) => el("a", { href: linkTo(code) }),
      update: (node, code) => text(node, code === event ? "Standings over the whole event" : "Standings over the phase"),
    });
  }

  #heading(unit, name, plan, following) {
    const zone = this.directory.zone(plan.venue);
    const time = plan.started ?? plan.start;
    const where = [disciplineName(unit.slice(0, 3)), this.directory.venue(plan.venue), time ? timeOf(time, zone) : ""];
    const kicker = document.getElementById("unit-kicker");
    const said = JSON.stringify([where, following]);
    if (kicker.dataset.said !== said) {
      kicker.dataset.said = said;
      kicker.replaceChildren(
        el("span", {}, where.filter(Boolean).join(" · ")),
        following
          ? el("span", { class: "following" }, "Following what is under way")
          : el("a", { class: "following", href: FOLLOWING }, "Follow what is under way"),
      );
    }
    text(document.getElementById("unit-name"), name);
  }

  #state(head, plan, unit) {
    const place = document.getElementById("unit-state");
    const items = statements(head, plan);
    const said = JSON.stringify([unit, items]);
    if (place.dataset.said === said) return;
    place.dataset.said = said;
    place.replaceChildren(...items.map(([name, words, tone]) => el("span", { class: `fact ${tone}` }, name ? shape(name) : "", words)));
  }
}

/** Say whether a medal was decided in a unit, or in the total that is shown. */
const decides = (medal, unit) => Boolean(medal) && (medal.unit === unit || !/[^-]/.test(unit.slice(22)));

/** Return the codes of a unit's event and phase. */
const around = (unit) => ({ event: unit.slice(0, 22).padEnd(34, "-"), phase: unit.slice(0, 26).padEnd(34, "-") });

/** Return what is to be said of a unit: [shape, words, tone], the status first. */
function statements(head, plan) {
  const items = [];
  const [name, words, tone] = resultStatus(head.status ?? "");
  items.push([name, words, `status ${tone}`]);
  if (plan.status && plan.status !== "RUNNING" && plan.status !== "FINISHED" && !(plan.status === "SCHEDULED" && head.status)) {
    items.push([...scheduleStatus(plan.status), ""].slice(0, 3));
  }
  if (head.protests) items.push(["flag", count(head.protests, "protest") + " open", "alert"]);
  if (head.undecided) items.push(["half", `Order of ${head.undecided} not decided yet`, "alert"]);
  if (head.pending) items.push(["later", `${count(head.pending, "correction")} pending`, "alert"]);
  if (head.incomplete?.length) items.push(["alert", "Incomplete: messages from the venue are missing", "alert"]);
  if (head.period) items.push(["", `Period ${head.period}`, ""]);
  if (head.clock) items.push(["", `Clock ${head.clock}`, ""]);
  if (head.wind) items.push(["", `Wind ${head.wind} m/s`, ""]);
  if (head.decided_by?.length) items.push(["", `Order decided by ${head.decided_by.map(basisWords).join(", ")}`, ""]);
  if (head.reason) items.push(["", `Corrected: ${head.reason}`, ""]);
  return items;
}
