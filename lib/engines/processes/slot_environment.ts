/**
 * The environment of a process whose functions are held to permissions.
 *
 * @module
 */

import type { Task } from "../../job.ts";
import type { StartPlace } from "../start_place.ts";
import { hasVariable, type Permissions } from "../../rules/permissions.ts";

type Variables = Readonly<Record<string, string>>;

/**
 * What a process of Deno needs to find its cache, and what it says itself by; on Windows, to start at all. None of it
 * may be read by the functions unless that is allowed, but programs that they start have it.
 */
const NEEDED =
  /^(?:PATH|HOME|XDG_CACHE_HOME|DENO_(?!\w*(?:TOKEN|SOCK|BROKER))\w+|TMPDIR|TMP|TEMP|TZ|LANG|LC_\w+|TERM|NO_COLOR|FORCE_COLOR|SYSTEMROOT|USERPROFILE|LOCALAPPDATA|PATHEXT)$/i;

/** What it takes to reach the network as this system does, with passwords at times. */
const TO_CONNECT = /^(?:(?:HTTP|HTTPS|ALL|NO)_PROXY|SSL_CERT_FILE|SSL_CERT_DIR)$/i;

/** What it takes to import from there. */
const TO_IMPORT = /^(?:DENO_AUTH_TOKENS|NPM_CONFIG_REGISTRY)$/i;

/** With this, Deno would read the module of the functions only when it is imported, which they may not be allowed. */
const READS_LATE = "DENO_UNSTABLE_LAZY_DYNAMIC_IMPORTS";

/** Those of the variables that such a process has. */
export function variablesFor(permissions: Permissions, variables: Variables): Variables {
  const { env, net, import: imports } = permissions;
  const mayImport = imports !== false;
  const mayConnect = mayImport || net !== false;
  const isAllowed = (name: string) =>
    env === true || NEEDED.test(name) || mayConnect && TO_CONNECT.test(name) ||
    mayImport && TO_IMPORT.test(name) || env !== false && hasVariable(env, name);
  const passed = Object.entries(variables)
    .filter(([name]) => isAllowed(name) && name !== READS_LATE);
  return Object.fromEntries(passed);
}

/** The variables that a slot of a task inherits, and those of the task. */
export function slotVariables({ permissions, env }: Task, start?: StartPlace): Variables {
  const variables = start?.env()?.variables ?? Deno.env.toObject();
  return { ...(permissions ? variablesFor(permissions, variables) : variables), ...env };
}

/** Permissions with those to read the variables that a task sets itself. */
export function withOwnVariables(permissions: Permissions, own: Variables = {}): Permissions {
  const names = Object.keys(own);
  const { env } = permissions;
  if (env === true || names.length === 0) return permissions;
  return { ...permissions, env: [...new Set([...env === false ? [] : env, ...names])] };
}
