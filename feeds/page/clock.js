/** Times as they are read at the venue: every instant is ms since 1970, every zone minutes east of UTC. */

const MINUTE = 60000;
const HOUR = 60 * MINUTE;
const DAY_ENDS = 3; // hour of the local day at which a sport day ends
const LOCALE = "en-GB";

const format = (options) => new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options });
const TIME = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const CLOCK = format({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const DAY = format({ weekday: "long", day: "numeric", month: "long" });
const SHORT = format({ weekday: "short", day: "numeric", month: "short" });
const FULL = format({ day: "numeric", month: "short", year: "numeric" });

const local = (ms, zone) => new Date(ms + zone * MINUTE);

/** "14:05" */
export const timeOf = (ms, zone) => TIME.format(local(ms, zone));

/** "14:05:09" */
export const clockOf = (ms, zone) => CLOCK.format(local(ms, zone));

/** "27 Jul 2024" */
export const dateOf = (ms, zone) => FULL.format(local(ms, zone));

/** The instant for machines. */
export const instantOf = (ms) => new Date(ms).toISOString();

/** The sport day of an instant: "2024-07-27". */
export const dayOf = (ms, zone) => local(ms - DAY_ENDS * HOUR, zone).toISOString().slice(0, 10);

const midnight = (day) => new Date(`${day}T00:00:00Z`);

/** "Saturday 27 July" */
export const dayName = (day) => (Number.isNaN(+midnight(day)) ? day : DAY.format(midnight(day)));

/** "Sat, 27 Jul" */
export const dayShort = (day) => (Number.isNaN(+midnight(day)) ? day : SHORT.format(midnight(day)));

/** The day among days that is nearest to one; undefined where there is none. */
export function nearestDay(days, day) {
  const far = (other) => Math.abs(midnight(other) - midnight(day));
  return [...days].sort((a, b) => far(a) - far(b) || (a < b ? 1 : -1))[0];
}

/** "40 s", "3 min", "2 h" */
export function spell(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
