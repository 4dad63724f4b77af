/**
 * The files that say what names stand for in modules, and how these are read.
 *
 * @module
 */

import { configIn, readBytes, workspaceFolders } from "./import_map.ts";

const CONFIGS = ["deno.json", "deno.jsonc"];

/**
 * URLs of the configuration files that apply to local modules: the nearest `deno.json` or `deno.jsonc` above each, with the
 * import map that it names, its lock file and, if it is of a workspace, those of all that are in it; and the nearest
 * `package.json`. Only files that can be read.
 *
 * @param modules URLs of local files.
 */
export function configurationOf(modules: Iterable<string>): ReadonlySet<string> {
  const files = new Set<string>();
  const add = (name: string, folder: URL) => {
    const url = URL.parse(name, folder);
    const isThere = url !== null && typeof readBytes(url) === "object";
    if (isThere) files.add(url.href);
    return isThere;
  };
  const addConfig = (folder: URL) => {
    if (!CONFIGS.some((name) => add(name, folder))) return undefined;
    const config = configIn(folder) ?? {};
    if (typeof config.importMap === "string") add(config.importMap, folder);
    add(lockOf(config.lock), folder);
    return config;
  };
  const folders = new Set(Array.from(modules, (module) => new URL(".", module).href));
  for (const folder of folders) {
    const above = foldersAbove(new URL(folder));
    above.some((each) => add("package.json", each));
    const nearest = above.findIndex((each) => addConfig(each) !== undefined);
    const workspace = nearest < 0 ? undefined : above.slice(nearest).find((each) => {
      return configIn(each)?.workspace !== undefined;
    });
    if (!workspace) continue;
    addConfig(workspace);
    for (const member of workspaceFolders(configIn(workspace) ?? {}, workspace)) {
      addConfig(member);
      add("package.json", member);
    }
  }
  return files;
}

function lockOf(lock: unknown): string {
  const path = Object(lock).path ?? lock;
  return typeof path === "string" ? path : "deno.lock";
}

/** A folder and those above it, the nearest first. */
function foldersAbove(folder: URL): readonly URL[] {
  const above = new URL("..", folder);
  return above.href === folder.href ? [folder] : [folder, ...foldersAbove(above)];
}
