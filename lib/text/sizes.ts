/**
 * Sizes of memory as texts, as coreutils take and write them: `512MB`, `1.5G`, `64 MiB`.
 *
 * @module
 */

/** The largest first; of two that say the same, the one that is to be written. */
const UNITS: readonly (readonly [unit: string, bytes: number])[] = [
  ["TiB", 1024 ** 4],
  ["TB", 1000 ** 4],
  ["GiB", 1024 ** 3],
  ["GB", 1000 ** 3],
  ["MiB", 1024 ** 2],
  ["MB", 1000 ** 2],
  ["KiB", 1024],
  ["KB", 1000],
  ["B", 1],
];

const BYTES = new Map(UNITS.map(([unit, bytes]) => [unit.toUpperCase(), bytes]));

/** What a text for a size looks like: `512MB`, `512m`, `1.5 GiB`. */
export const SIZE_PATTERN: RegExp =
  /^(?=[\d.]*[1-9])(\d+(?:\.\d+)?|\.\d+) ?([KMGTkmgt](?:[Ii]?[Bb]|[Ii])?|[Bb])?$/;

/**
 * A size in whole bytes, at least 1: a number is bytes, and so is a text without a unit.
 *
 * As coreutils have it, `KB`, `MB`, `GB` and `TB` count in thousands, `K` and `KiB`, `M` and `MiB` and so on in
 * 1024s. Letters may be small, as those who know Docker's `512m` write them, and `Mi` is `MiB`, as for Kubernetes.
 *
 * `undefined` for anything else, nothing and negative sizes included, and for more bytes than can be counted.
 */
export function parseSize(wanted: number | string): number | undefined {
  const text = typeof wanted === "string" ? SIZE_PATTERN.exec(wanted) : undefined;
  const [amount, unit] = text ? [Number(text[1]), inFull(text[2] ?? "B")] : [wanted, "B"];
  if (typeof amount !== "number" || !(amount > 0)) return undefined;
  const bytes = Math.max(1, Math.round(amount * (BYTES.get(unit) ?? NaN)));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** `m` as `MIB`. */
function inFull(unit: string): string {
  return /b$/i.test(unit) ? unit.toUpperCase() : `${unit[0]?.toUpperCase()}IB`;
}

/** A size as one would write it: in the largest unit that takes at most one decimal, like `512 MB`. */
export function sizeText(bytes: number): string {
  const isShort = ([, size]: readonly [string, number]) =>
    bytes >= size && Number((bytes / size).toFixed(1)) * size === bytes;
  const [unit, size] = UNITS.find(isShort) ?? ["B", 1];
  return `${bytes / size} ${unit}`;
}
