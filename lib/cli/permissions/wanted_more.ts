/**
 * What the tasks of a file may do more than those of another: what a reviewer is to see.
 *
 * @module
 */

import { relative } from "node:path";
import type { Position } from "../../fault.ts";
import type { Task } from "../../job.ts";
import type { DataRecord, Told } from "../../output/records.ts";
import { type More, moreThan } from "../../rules/more_permissions.ts";
import { type PermissionKind, placed } from "../../rules/permissions.ts";
import { isRecord, type Key } from "../../schema/flaw.ts";
import type { PlacedDocument } from "../../tasks_file/places.ts";
import { nearPath } from "../kept/kept_folder.ts";
import { type Unheld, unheldOf, unheldText } from "./locked.ts";

/** Something that a task may do more, and where that is written. */
export interface WantedMore {
  readonly task: string;
  /** Whether there was no such task. */
  readonly isNew: boolean;
  /** What it may do more; a part of it that runs in fanfold itself, held to nothing, is more too. */
  readonly more: More | { readonly kind: "unheld"; readonly part: Unheld };
  /** An element as a person reads it: a path below the folder of the tasks file from there on. */
  readonly shown?: string;
  readonly at: Position;
}

/**
 * What tasks may do more than others of their names, in the order of the file.
 *
 * @param home Absolute folder of the tasks file, from which its paths start.
 */
export function wantedMore(
  tasks: readonly Task[],
  before: readonly Task[],
  { placed, home }: { readonly placed: PlacedDocument; readonly home: string },
): readonly WantedMore[] {
  return tasks.flatMap((task): WantedMore[] => {
    const was = before.find(({ name }) => name === task.name);
    const about = { task: task.name, isNew: was === undefined };
    const granted = moreThan(task.permissions, was ? was.permissions : "none").map((more) => ({
      ...about,
      more,
      ...shownElement(more, home),
      at: placeOf(task.name, more, placed, home),
    }));
    const isHeld = task.permissions !== undefined && (!was || was.permissions !== undefined);
    const known = was ? unheldOf(was) : [];
    const unheld = isHeld ? unheldOf(task).filter((part) => !known.includes(part)) : [];
    const parts = unheld.map((part) => ({
      ...about,
      more: { kind: "unheld" as const, part },
      at: placed.placeOf(["tasks", task.name, part]),
    }));
    return [...granted, ...parts].sort((a, b) => behind(a.at, b.at));
  });
}

function behind(a: Position, b: Position): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** In one line for each kind and line of the file: `fanfold.yaml:12  task "fetch": net +b.org:443`. */
export function wantedLines(wanted: readonly WantedMore[], here: string): readonly string[] {
  const groups = Map.groupBy(wanted, ({ task, more, at }) => {
    const kind = more.kind === "unheld" ? more.part : more.kind;
    return JSON.stringify([task, kind, at.line]);
  });
  return Array.from(groups.values(), (group) => {
    const [{ task, isNew, at }] = group as [WantedMore];
    const which = `task "${task}"${isNew ? ", which is new" : ""}`;
    return `${nearPath(at.file, here)}:${at.line}  ${which}: ${groupText(group)}`;
  });
}

/** The same as data. */
export function wantedRecords(wanted: readonly WantedMore[]): Told {
  const records = wanted.map(({ task, isNew, more, shown, at }): DataRecord => ({
    ...{ file: at.file, line: at.line, column: at.column, task, isNew },
    ...more.kind === "unheld" ? { kind: more.kind, more: more.part } : { kind: more.kind },
    ...shown !== undefined && { more: shown },
  }));
  return { records, columns: ["file", "line", "column", "task", "isNew", "kind", "more"] };
}

function groupText(group: readonly WantedMore[]): string {
  const [{ isNew, more }] = group as [WantedMore];
  switch (more.kind) {
    case "anything":
      return isNew ? "may do anything" : 'may do anything, for it has no "permissions" any more';
    case "best-effort":
      return "commands +best-effort, and are started where they cannot be held to all of it";
    case "unheld":
      return unheldText(more.part);
    default:
      return `${more.kind} ${group.map(({ shown = "anything" }) => `+${shown}`).join(" ")}`;
  }
}

function shownElement(more: More, home: string): Pick<WantedMore, "shown"> {
  if (!("element" in more) || more.element === undefined) return {};
  const { kind, element } = more;
  const isPath = kind === "read" || kind === "write" || kind === "ffi" || element.startsWith("/");
  const shown = isPath && relative(home, element) === "" ? "." : nearPath(element, home);
  return { shown: isPath ? shown : element };
}

/** Where something stands that a task may do: in its own permissions, or in those of the defaults. */
function placeOf(task: string, more: More, { document, placeOf }: PlacedDocument, home: string) {
  const owners: readonly Key[][] = [["tasks", task], ["defaults"]];
  const path = owners.map((owner) => [...owner, "permissions"])
    .find((path) => valueAt(document, path) !== undefined);
  if (path === undefined) return placeOf(["tasks", task]);
  const said = valueAt(document, path);
  if (more.kind === "anything" || !isRecord(said)) return placeOf(path);
  if (more.kind === "best-effort") return placeOf([...path, "commands"]);
  const { kind, element } = more;
  const list: unknown = said[kind];
  const isIt = (each: unknown) => placed(kind as PermissionKind, String(each), home) === element;
  const at = Array.isArray(list) ? list.findIndex(isIt) : -1;
  return at === -1 ? placeOf([...path, kind]) : placeOf([...path, kind, at], "value");
}

function valueAt(document: unknown, path: readonly Key[]): unknown {
  return path.reduce<unknown>((at, key) => isRecord(at) ? at[key] : undefined, document);
}
