/** The address of the page: `#/unit/RSC` shows one unit, anything else what is under way. */

const UNIT = /^#\/unit\/([A-Z0-9-]{34})$/;

/** Return the unit that an address names, or an empty text. */
export const unitIn = (hash) => UNIT.exec(hash)?.[1] ?? "";

/** Return the address of a unit. */
export const linkTo = (unit) => `#/unit/${unit}`;

/** Return the address of the page that follows what is under way. */
export const FOLLOWING = "#/";

/** Have a function called with the unit whenever the address changes to one of ours. */
export function watchRoute(callback) {
  addEventListener("hashchange", () => callback(unitIn(location.hash)));
  return unitIn(location.hash);
}
