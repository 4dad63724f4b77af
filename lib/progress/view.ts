/**
 * How far a run is, as lines for people.
 *
 * @module
 */

import { jobCountText, timeText } from "../text/amounts.ts";
import { oneLine } from "../text/shown.ts";
import { cutTo, fitted, isWidthKnown, loadWidths, widthOf } from "./widths.ts";

/** How far a task is, or all of them. */
export interface Part {
  readonly name: string;
  /** How many jobs it has; absent while that is not known. */
  readonly total?: number;
  readonly ended: number;
  readonly failed: number;
  /** How many ended in a second, of late; absent while that is not known. */
  readonly perSecond?: number;
  /** Between what and what the time left lies, in ms. */
  readonly left?: readonly [low: number, high: number];
}

/** A job that runs. */
export interface Aged {
  /** Which it is. */
  readonly text: string;
  readonly ageMs: number;
}

/** What there is to see. */
export interface View {
  /** The tasks that run, the busiest first. */
  readonly tasks: readonly Part[];
  /** How many more run. */
  readonly more: number;
  /** The jobs that have been running for longest, the oldest first. */
  readonly oldest: readonly Aged[];
  /** All tasks together; absent where there is but one. */
  readonly whole?: Part;
}

/** Whether it is known how wide the texts are that are to be seen; else it is from a moment later on. */
export function areWidthsKnown({ tasks, oldest }: View): boolean {
  return tasks.every(({ name }) => knownWidthOf(name) !== undefined) &&
    oldest.every(({ text }) => knownWidthOf(text) !== undefined);
}

/** How many columns a text takes; nothing where that is not known yet: it is from a moment later on. */
export function knownWidthOf(text: string): number | undefined {
  if (isWidthKnown(text)) return widthOf(text);
  // Where it cannot be loaded it never is.
  loadWidths().catch(() => {});
  return undefined;
}

/** How wide a name may be, as a part of the line, and a bar, in columns. */
const NAME_PART = 1 / 3;
const [NARROW_BAR, WIDE_BAR] = [8, 30];

/**
 * What there is to see in lines of less than so many columns: in the last one, terminals may wrap.
 *
 * @param rows How many lines there may be; what comes last goes first, but not what is of all tasks.
 */
export function viewLines(view: View, columns: number, rows = Infinity): readonly string[] {
  const width = columns - 1;
  const parts = partLines([...view.tasks, ...view.whole ? [view.whole] : []], width);
  const whole = view.whole ? parts.slice(-1) : [];
  const lines = [
    ...parts.slice(0, view.tasks.length),
    ...view.more > 0 ? [cutTo(`and ${view.more} more`, width)] : [],
    ...view.oldest.map((job) => agedLine(job, width)),
  ];
  return [...lines.slice(0, Math.max(1, rows - whole.length)), ...whole].slice(0, rows);
}

/** How far a task is, in words: `double: 512 of 1000 jobs ended, 2 failed, 34/s, 12 s to 15 s left`. */
export function partText({ name, total, ended, failed, perSecond, left }: Part): string {
  return [
    `${shownName(name)}: ${jobCountText(ended, total)} ended`,
    ...failed > 0 ? [`${failed} failed`] : [],
    ...perSecond === undefined ? [] : [rateText(perSecond)],
    ...left ? [leftText(left)] : [],
  ].join(", ");
}

/** Lines of tasks, as a table: in each as much as there is room for, and of the rest of the room bars. */
function partLines(parts: readonly Part[], width: number): readonly string[] {
  const counts = parts.map(({ ended, total }) =>
    total === undefined ? `${ended}` : `${ended}/${total}`
  );
  const countWidth = Math.max(0, ...counts.map(widthOf));
  const nameWidth = Math.min(
    Math.max(0, ...parts.map(({ name }) => widthOf(shownName(name)))),
    Math.floor(width * NAME_PART),
  );
  const head = nameWidth + 2 + countWidth;
  if (head > width) {
    return parts.map(({ name }, i) => cutTo(`${counts[i]} ${shownName(name)}`, width));
  }
  const tails = parts.map((part) => tailOf(part, width - head));
  const room = width - head - 2 - Math.max(0, ...tails.map(widthOf));
  const barWidth = Math.min(room, WIDE_BAR);
  const hasBars = barWidth >= NARROW_BAR && parts.some(({ total }) => total);
  return parts.map(({ name, total, ended }, i) => {
    const filled = () => total ? bar(ended / total, barWidth) : " ".repeat(barWidth);
    const count = " ".repeat(countWidth - widthOf(counts[i] ?? "")) + counts[i];
    const start = [fitted(shownName(name), nameWidth), ...hasBars ? [filled()] : [], count];
    return (start.join("  ") + tails[i]).trimEnd();
  });
}

/** What else there is to say of a task, as much of it as there is room for: failures before the time left, and the rate. */
function tailOf({ failed, left, perSecond }: Part, width: number): string {
  const fields = [
    ...failed > 0 ? [{ text: `${failed} failed`, at: 0 }] : [],
    ...left ? [{ text: leftText(left), at: 2 }] : [],
    ...perSecond === undefined ? [] : [{ text: rateText(perSecond), at: 1 }],
  ];
  let room = width;
  const taken = fields.filter(({ text }) => (room -= text.length + 2) >= 0);
  return taken.toSorted((a, b) => a.at - b.at).map(({ text }) => `  ${text}`).join("");
}

function agedLine({ text, ageMs }: Aged, width: number): string {
  const age = timeText(ageMs);
  const room = width - widthOf(age) - 4;
  return room < 1 ? cutTo(`  ${age}`, width) : `  ${cutTo(shownName(text), room)}  ${age}`;
}

/** A bar that is full only when all has ended. */
function bar(part: number, width: number): string {
  const full = Math.floor(Math.min(part, 1) * (width - 2));
  return `[${"#".repeat(full)}${"-".repeat(width - 2 - full)}]`;
}

function shownName(name: string): string {
  return oneLine(name.slice(0, 1000)).replaceAll("\t", " ");
}

function rateText(perSecond: number): string {
  if (perSecond >= 9999.5) return `${Math.round(perSecond / 1000)}k/s`;
  if (perSecond >= 9.95) return `${Math.round(perSecond)}/s`;
  if (perSecond >= 0.95) return `${perSecond.toFixed(1)}/s`;
  const perMinute = perSecond * 60;
  return perMinute >= 0.95 ? `${perMinute.toFixed(1)}/min` : `${(perMinute * 60).toFixed(1)}/h`;
}

function leftText([low, high]: readonly [low: number, high: number]): string {
  const [from, to] = [timeText(low), timeText(high)];
  return from === to ? `${to} left` : `${from} to ${to} left`;
}
