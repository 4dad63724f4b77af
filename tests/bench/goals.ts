/**
 * What is wanted of the figures.
 *
 * @module
 */

import { spreadOf } from "./measure.ts";

/** A goal, and what was found. */
export interface Goal {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly isMet: boolean;
}

/** What a part of the benchmarks gives. */
export interface Found {
  readonly tables: readonly string[];
  readonly goals: readonly Goal[];
  /** Programs that are not here, each with how to get it. */
  readonly missing: readonly string[];
}

/** The median of some figures is to be at most so much; none where there are no figures. */
export function atMost(limit: number, what: string, figures: readonly number[]): Goal[] {
  return goal(what, `at most ${shown(limit)}`, figures, (median) => median <= limit);
}

/** The median of some figures is to be at least so much; none where there are no figures. */
export function atLeast(limit: number, what: string, figures: readonly number[]): Goal[] {
  return goal(what, `at least ${shown(limit)}`, figures, (median) => median >= limit);
}

function goal(
  what: string,
  wanted: string,
  figures: readonly number[],
  isMetBy: (median: number) => boolean,
): Goal[] {
  if (figures.length === 0) return [];
  const { median, least, most } = spreadOf(figures);
  const found = `${shown(median)} (${shown(least)}–${shown(most)})`;
  return [{ what, wanted, found, isMet: isMetBy(median) }];
}

/** A table of goals. */
export function goalsTable(goals: readonly Goal[]): string {
  const lines = goals.map(({ what, wanted, found, isMet }) =>
    `| ${what} | ${wanted} | ${found} | ${isMet ? "yes" : "no"} |`
  );
  const head = ["| goal | wanted | found (least–most) | met |", "| --- | --- | --- | --- |"];
  return ["\nGoals", "", ...head, ...lines].join("\n");
}

function shown(figure: number): string {
  return figure.toFixed(figure < 10 ? 2 : 0);
}
