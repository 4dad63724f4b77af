/**
 * Sets of permissions that a tasks file names and a `deno.json` has.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { configIn } from "../modules/import_map.ts";
import { KINDS, type PermissionsRecord, placed } from "../rules/permissions.ts";
import { describe, type Flaw, isRecord, type Key, nameOf } from "../schema/flaw.ts";
import { meantOrAll } from "../text/nearest.ts";

/** A set of permissions, or why there is none of that name. */
type Found = { readonly record: PermissionsRecord } | Pick<Flaw, "message" | "hint">;

/**
 * A document with sets of permissions in the place of their names, and what is wrong with these.
 *
 * @param home Absolute folder of the tasks file: the nearest `deno.json` above it has the sets.
 */
export function withSets(document: unknown, home: string): [document: unknown, flaws: Flaw[]] {
  const flaws: Flaw[] = [];
  const put = (record: unknown, owner: readonly Key[]): unknown => {
    if (!isRecord(record)) return record;
    const name = record.permissions;
    if (typeof name !== "string" || name === "none" || name === "") return record;
    const path = [...owner, "permissions"];
    const found = setNamed(name, home);
    if ("record" in found) return { ...record, permissions: found.record };
    const message = `found ${describe(name)} as ${nameOf(path)}, ${found.message}`;
    flaws.push({ path, on: "value", message, hint: found.hint });
    return { ...record, permissions: "none" };
  };
  if (!isRecord(document)) return [document, flaws];
  const { tasks, defaults } = document;
  const under = {
    ...document,
    ..."defaults" in document && { defaults: put(defaults, ["defaults"]) },
    ...isRecord(tasks) && {
      tasks: Object.fromEntries(
        Object.entries(tasks).map(([name, task]) => [name, put(task, ["tasks", name])]),
      ),
    },
  };
  return [under, flaws];
}

function setNamed(name: string, home: string): Found {
  const [folder, config] = configAbove(home);
  if (config === undefined) {
    return { message: `wanted "none" or a record, for no deno.json is above the tasks file` };
  }
  const sets = isRecord(config.permissions) ? config.permissions : {};
  const set = Object.hasOwn(sets, name) ? sets[name] : undefined;
  if (set === undefined) {
    const names = Object.keys(sets);
    const wanted = `wanted the name of a set in the "permissions" of ${
      resolve(folder, "deno.json")
    }`;
    return names.length === 0
      ? {
        message: `wanted "none" or a record, for the deno.json of ${folder} has no "permissions"`,
      }
      : { message: wanted, hint: meantOrAll(name, names, "sets") };
  }
  return readSet(set, folder);
}

/** A set as Deno has them: `true`, `false`, a list or `{ allow: … }` of each kind, and `all`; paths start from its file. */
function readSet(set: unknown, folder: string): Found {
  if (!isRecord(set)) return { message: "and that set is no record" };
  // What is not understood may take something away.
  const unknown = Object.keys(set).find((key) => key !== "all" && !isKind(key));
  if (unknown !== undefined) return { message: `and that set has "${unknown}", which is no kind` };
  const record: Record<string, boolean | readonly string[]> = {};
  for (const kind of KINDS) {
    const said = set[kind] ?? set.all ?? false;
    const allowed = isRecord(said) ? said.allow ?? false : said;
    const isOnlyAllowed = !isRecord(said) || Object.keys(said).every((key) => key === "allow");
    const isList = Array.isArray(allowed) && allowed.every((each) => typeof each === "string");
    if (!isOnlyAllowed || !isList && typeof allowed !== "boolean") {
      return { message: `and the "${kind}" of that set is more than true, false or a list` };
    }
    record[kind] = isList ? allowed.map((each) => placed(kind, each, folder)) : allowed;
  }
  return { record };
}

function isKind(key: string): boolean {
  return (KINDS as readonly string[]).includes(key);
}

/** The nearest configuration of Deno, and its folder. */
function configAbove(
  folder: string,
): readonly [string, Readonly<Record<string, unknown>> | undefined] {
  const config = configIn(new URL(`${pathToFileURL(folder).href.replace(/\/$/, "")}/`));
  const parent = dirname(folder);
  return config || parent === folder ? [folder, config] : configAbove(parent);
}
