/** Codes in words, with the shape that goes with them: nothing is told by colour alone. */

/** Schedule statuses: [shape, words, whether it is under way]. */
export const SCHEDULE = {
  SCHEDULED: ["ring", "Scheduled"],
  UNSCHEDULED: ["ring", "Time not fixed"],
  GETTING_READY: ["half", "Getting ready"],
  RUNNING: ["dot", "Under way"],
  SCHEDULED_BREAK: ["pause", "Break"],
  INTERRUPTED: ["pause", "Interrupted"],
  DELAYED: ["later", "Delayed"],
  POSTPONED: ["later", "Postponed"],
  RESCHEDULED: ["later", "Rescheduled"],
  FINISHED: ["check", "Finished"],
  CANCELLED: ["cross", "Cancelled"],
  NOT_HELD: ["cross", "Not held"],
};

/** Result statuses of units that are over. */
export const COMPLETE = new Set(["UNCONFIRMED", "UNOFFICIAL", "OFFICIAL", "PROTESTED", "PROVISIONAL"]);

export const UNDER_WAY = new Set(["GETTING_READY", "RUNNING", "SCHEDULED_BREAK", "INTERRUPTED"]);

/** Result statuses: [shape, words, tone]. */
export const RESULT = {
  START_LIST: ["ring", "Start list", ""],
  LIVE: ["dot", "Live", "live"],
  INTERMEDIATE: ["dot", "Live, at an intermediate stop", "live"],
  UNCONFIRMED: ["half", "Unconfirmed", ""],
  UNOFFICIAL: ["half", "Unofficial", ""],
  OFFICIAL: ["check", "Official", "sure"],
  PROTESTED: ["flag", "Protest", "alert"],
  PROVISIONAL: ["half", "Provisional", ""],
};

const IRMS = {
  DNS: "did not start",
  DNF: "did not finish",
  DQ: "disqualified",
  DSQ: "disqualified",
  DQB: "disqualified for unsportsmanlike behaviour",
  NM: "no mark",
  LAP: "lapped",
  OTL: "over the time limit",
  RET: "retired",
  WDR: "withdrew",
};

const BASES = {
  photo_finish: "the photo finish",
  countback: "countback",
  jury: "the jury",
  play_off: "a play-off",
  finish_order: "the order at the finish",
  rule: "rule",
  dead_heat: "the judges, as a dead heat",
};

const QUALIFIED = { Q: "qualified by place", q: "qualified by mark", R: "reserve" };

const MEDALS = { ME_GOLD: "Gold", ME_SILVER: "Silver", ME_BRONZE: "Bronze" };

const MODES = {
  live: ["Live", ""],
  replay: ["Replay", "A recording of a past Games, not live"],
  rehearsal: ["Rehearsal", "A test: none of these results are real"],
};

const DISCIPLINES = {
  ARC: "Archery", GAR: "Artistic Gymnastics", SWA: "Artistic Swimming", ATH: "Athletics", BDM: "Badminton",
  BKB: "Basketball", BK3: "3x3 Basketball", VBV: "Beach Volleyball", BMF: "Cycling BMX Freestyle",
  BMX: "Cycling BMX Racing", BOX: "Boxing", BKG: "Breaking", CSL: "Canoe Slalom", CSP: "Canoe Sprint",
  CLB: "Sport Climbing", DIV: "Diving", EQU: "Equestrian", FEN: "Fencing", FBL: "Football", GLF: "Golf",
  HBL: "Handball", HOC: "Hockey", JUD: "Judo", OWS: "Marathon Swimming", MPN: "Modern Pentathlon",
  MTB: "Cycling Mountain Bike", GRY: "Rhythmic Gymnastics", CRD: "Cycling Road", ROW: "Rowing", RU7: "Rugby Sevens",
  SAL: "Sailing", SHO: "Shooting", SKB: "Skateboarding", SRF: "Surfing", SWM: "Swimming", TTE: "Table Tennis",
  TKW: "Taekwondo", TEN: "Tennis", CTR: "Cycling Track", GTR: "Trampoline Gymnastics", TRI: "Triathlon",
  VVO: "Volleyball", WPO: "Water Polo", WLF: "Weightlifting", WRE: "Wrestling",
};

const plain = (code) => String(code ?? "").replaceAll("_", " ").toLowerCase();
const sentence = (code) => plain(code).replace(/^./, (letter) => letter.toUpperCase());
const known = (table, code) => (Object.hasOwn(table, code) ? table[code] : undefined);

export const scheduleStatus = (code) => known(SCHEDULE, code) ?? ["ring", sentence(code)];
export const resultStatus = (code) => known(RESULT, code) ?? ["ring", code ? sentence(code) : "Before the start list", ""];
export const irmWords = (code) => known(IRMS, code) ?? "no valid result";
export const basisWords = (code) => known(BASES, code) ?? plain(code);
export const qualificationWords = (code) => known(QUALIFIED, code) ?? "qualification";
export const medalWords = (code) => known(MEDALS, code) ?? sentence(code);
export const disciplineName = (code) => known(DISCIPLINES, code) ?? code;
export const modeWords = (code) => known(MODES, code) ?? [sentence(code), "Not a live Games"];

/** A unit's code in a few letters, for when nothing else is known of it. */
export const spellUnit = (code) => String(code).replace(/-+/g, " ").trim();

/** A number with a noun: "1 place", "2 places". */
export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
