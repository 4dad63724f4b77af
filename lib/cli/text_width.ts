/**
 * How wide text may be.
 *
 * @module
 */

/** What is wider is not read with ease. */
const WIDEST = 100;

/** Where nobody says it: what terminals had, and what programs are written for. */
const USUAL = 80;

/**
 * How many columns a text for people may take: those that a terminal has, or else that `COLUMNS` says, but no more than
 * 100; else 80.
 */
export function textWidth(stream: Pick<typeof Deno.stdout, "isTerminal">): number {
  const columns = stream.isTerminal() ? terminalColumns() : 0;
  return Math.min(columns || namedColumns() || USUAL, WIDEST);
}

/** Some terminals know of none. */
function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 0;
  }
}

function namedColumns(): number {
  try {
    const named = Deno.env.get("COLUMNS") ?? "";
    return /^[1-9]\d{0,8}$/.test(named) ? Number(named) : 0;
  } catch {
    // Who may not read it does without.
    return 0;
  }
}
