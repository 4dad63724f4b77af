/**
 * What is to be written into a tasks file so that a task may do what it was denied.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import type { Denied } from "../errors/denied.ts";
import { yamlText } from "../text/yaml_text.ts";
import { isElement, KINDS, type PermissionKind, type Permissions, saidIn } from "./permissions.ts";

/** How it is written, and how paths are read that were used. */
export interface PermissionsToAddOptions {
  /** Folder of the process that was denied something. */
  readonly cwd: string;
  /** Its folder for temporary files. */
  readonly temporary: string;
  /** Path of the tasks file: paths below its folder are told from there. @default all are told in full */
  readonly file?: string;
}

/** How the sentence begins. */
export const TO_ALLOW = "to allow it,";

/** How long a line may be that says all that a task may do, in characters. */
const LINE_LENGTH = 300;

/**
 * One sentence with the line that allows it, beside what is allowed; nothing where the task may do so already.
 *
 * @param name Of the task.
 */
export function permissionsToAdd(
  name: string,
  permissions: Permissions,
  denied: readonly Denied[],
  options: PermissionsToAddOptions,
): string | undefined {
  const added = denied.map((one): readonly [PermissionKind, string | undefined] => [
    one.kind,
    elementOf(one, options),
  ]);
  const all = added.reduce((all, [kind, element]) => withOne(all, kind, element), permissions);
  if (KINDS.every((kind) => all[kind] === permissions[kind])) return undefined;
  const line = `permissions: ${recordText(all, KINDS, options)}`;
  if (line.length <= LINE_LENGTH) return `${TO_ALLOW} say in task "${name}": ${line}`;
  const more = added.map(([kind, element]) =>
    element === undefined || all[kind] === true
      ? `${kind}: true`
      : `${textOf(shown(kind, element, options), options)} among those of ${kind}`
  );
  return `${TO_ALLOW} say in the permissions of task "${name}": ${more.join(", ")}`;
}

/** What a list needs; nothing where no list can have it. */
function elementOf(
  { kind, what, isTemporary }: Denied,
  { cwd, temporary }: PermissionsToAddOptions,
): string | undefined {
  if (isTemporary) return temporary;
  if (what === undefined) return undefined;
  // A library without a folder is looked for where the system has them, which no path stands for.
  if (kind === "ffi" && !what.includes("/")) return undefined;
  const isPath = kind === "read" || kind === "write" || what.includes("/");
  // The port that modules come from unless another one is said.
  const element = isPath
    ? resolve(cwd, what)
    : kind === "import"
    ? what.replace(/:443$/, "")
    : what;
  return isElement(kind, element) ? element : undefined;
}

function withOne(
  permissions: Permissions,
  kind: PermissionKind,
  element: string | undefined,
): Permissions {
  const grant = permissions[kind];
  if (grant === true || grant !== false && element !== undefined && grant.includes(element)) {
    return permissions;
  }
  const list = grant === false ? [] : grant;
  return { ...permissions, [kind]: element === undefined ? true : [...list, element] };
}

/** `{ read: [data, /etc/passwd], net: true }`. */
function recordText(
  permissions: Permissions,
  kinds: readonly PermissionKind[],
  options: PermissionsToAddOptions,
): string {
  const said = kinds.flatMap((kind) => {
    const grant = permissions[kind];
    if (grant === false) return [];
    if (grant === true) return [`${kind}: true`];
    const list = grant.map((element) => textOf(shown(kind, element, options), options));
    return [`${kind}: [${list.join(", ")}]`];
  });
  return `{ ${said.join(", ")} }`;
}

/** An element as the tasks file says it, if there is one. */
function shown(
  kind: PermissionKind,
  element: string,
  { file }: PermissionsToAddOptions,
): string {
  return file === undefined ? element : saidIn(dirname(file), kind, element);
}

/** A text in a list of the tasks file. */
function textOf(text: string, { file = "" }: PermissionsToAddOptions): string {
  return /\.ya?ml$/.test(file) ? yamlText(text) : JSON.stringify(text);
}
