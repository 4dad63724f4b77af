/**
 * Permissions as they are written in a tasks file of each format.
 *
 * @module
 */

import { type Grant, KINDS, type PermissionsRecord } from "../rules/permissions.ts";
import { yamlText } from "../text/yaml_text.ts";

/** How long a line of YAML may be before a list has a line for each element, in characters. */
const LINE_LENGTH = 90;

/** The lines of a block of YAML, without indentation: `permissions:` and what is below it. */
export function yamlLines(record: PermissionsRecord): readonly string[] {
  const grants = grantsOf(record);
  if (grants.length === 0) return ["permissions: none"];
  return ["permissions:", ...grants.flatMap(([key, grant]) => yamlGrant(key, grant))];
}

function yamlGrant(key: string, grant: Grant | string): readonly string[] {
  if (!Array.isArray(grant)) return [`  ${key}: ${grant}`];
  const elements = grant.map(yamlText);
  const line = `  ${key}: [${elements.join(", ")}]`;
  if (line.length <= LINE_LENGTH) return [line];
  return [`  ${key}:`, ...elements.map((element) => `    - ${element}`)];
}

/** The same in one line, for a record in braces. */
export function yamlInline(record: PermissionsRecord): string {
  const grants = grantsOf(record);
  if (grants.length === 0) return "permissions: none";
  const said = grants.map(([key, grant]) =>
    `${key}: ${Array.isArray(grant) ? `[${grant.map(yamlText).join(", ")}]` : grant}`
  );
  return `permissions: { ${said.join(", ")} }`;
}

/** The value of the key `permissions` in TOML. */
export function tomlValue(record: PermissionsRecord): string {
  const grants = grantsOf(record);
  if (grants.length === 0) return '"none"';
  return `{ ${grants.map(([key, grant]) => `${key} = ${tomlGrant(grant)}`).join(", ")} }`;
}

function tomlGrant(grant: Grant | string): string {
  if (!Array.isArray(grant)) return JSON.stringify(grant);
  return `[${grant.map((element) => JSON.stringify(element)).join(", ")}]`;
}

/** The value of the key `permissions` in a file of JSON or TypeScript. */
export function jsonValue(record: PermissionsRecord): "none" | PermissionsRecord {
  const grants = grantsOf(record);
  return grants.length === 0 ? "none" : Object.fromEntries(grants) as PermissionsRecord;
}

/** A line to be pasted into a task of a file in TypeScript, or in JSON, where names stand in quotes. */
export function pasteLine(
  record: PermissionsRecord,
  { isJson }: { readonly isJson: boolean },
): string {
  const named = (key: string) => isJson ? `"${key}"` : key;
  const said = grantsOf(record).map(([key, grant]) => {
    const list = Array.isArray(grant) ? grant.map((element) => JSON.stringify(element)) : [];
    const value = Array.isArray(grant) ? `[${list.join(", ")}]` : JSON.stringify(grant);
    return `${named(key)}: ${value}`;
  });
  const value = said.length === 0 ? '"none"' : `{ ${said.join(", ")} }`;
  return `${named("permissions")}: ${value}`;
}

/** What is allowed, in the order of the kinds. */
function grantsOf(record: PermissionsRecord): readonly (readonly [string, Grant | string])[] {
  const keys = [...KINDS, "commands"] as const;
  return keys.flatMap((key) => {
    const grant = record[key];
    const isNothing = grant === undefined || grant === false ||
      Array.isArray(grant) && grant.length === 0;
    return isNothing ? [] : [[key, grant] as const];
  });
}
