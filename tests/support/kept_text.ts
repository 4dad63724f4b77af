/**
 * What the program tells of runs, without what differs from run to run.
 *
 * @module
 */

/** Text with ids of runs as `RUN`, moments as `WHEN`, times as `TIME`, room as `ROOM`, processes as `PID`, and this folder as `.`. */
export function steady(text: string, folder: string): string {
  return withoutIds(text.replaceAll(folder, "."))
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b/g, "WHEN")
    .replaceAll(/ *\b(?:[\d.]+ (?:ms|s)|\d+m\d\ds)\b/g, " TIME")
    .replaceAll(/\bprocess \d+\b/g, "process PID")
    .replaceAll(/ *\b[\d.]+ [KM]?B\b/g, " ROOM");
}

/** Text with ids of runs as `RUN`. */
export function withoutIds(text: string): string {
  return text.replaceAll(/\b\d{8}-\d{6}-[0-9a-f]{6}\b/g, "RUN");
}
