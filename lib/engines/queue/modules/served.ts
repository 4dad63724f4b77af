/**
 * What a host serves, and what it runs for a task that has been sent to it.
 *
 * @module
 */

import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isError, messageOf } from "../../../fault.ts";
import type { Action, Task } from "../../../job.ts";
import { differences, fingerprintOf } from "../../../modules/fingerprint.ts";
import { nothingKnown } from "../../../modules/local_imports.ts";
import { inWords, type Permissions, withPaths } from "../../../rules/permissions.ts";
import { sha256 } from "../../../text/digest.ts";
import { isWithin } from "../../../text/file_path.ts";
import type { HostRecord, SentTask } from "../messages.ts";
import { cacheFolder, FileCache, type HeldFiles } from "./file_cache.ts";
import { sentRules } from "./freeze.ts";
import { placeOf, taskDigest } from "./task_digest.ts";
import { isLocal, withModules } from "./sent_paths.ts";
import { parsedTask } from "./sent_task_schema.ts";

/** A tasks file of the host, as it has been loaded. */
export interface ServedFile {
  /** Absolute. */
  readonly file: string;
  readonly tasks: readonly Task[];
}

export interface ServedOptions {
  /** Which bundles are run: those with these digests, any that comes, or none. */
  readonly bundles: HostRecord["bundles"];
  /** Loads a tasks file that is data, and has changed. */
  readonly load: (file: string) => Promise<readonly Task[]>;
  /** Where the files of bundles are kept. @default that of the environment */
  readonly cache?: FileCache;
  /** Absolute folder of the host, where tasks of bundles run. @default the current folder */
  readonly folder?: string;
}

/** A task that the host may run, or why it does not, in words. */
export type Found =
  | {
    /** Without inputs; on one slot. */
    readonly task: Task;
    readonly from: "checkout" | "bundle";
  }
  | { readonly refused: string };

/** Gives the files of a task that has been sent, by their digest. */
type FilesOf = (digest: string) => Promise<Uint8Array | undefined>;

/** A tasks file, and what it was like when it was loaded. */
interface Loaded extends ServedFile {
  readonly digest: string;
}

/** The tasks files and bundles of a host. */
export class Served implements AsyncDisposable {
  #files: readonly Loaded[];
  readonly #options: Omit<ServedOptions, "cache">;
  readonly #folder: string;
  readonly #cache?: FileCache;

  private constructor(files: readonly Loaded[], options: ServedOptions) {
    this.#files = files;
    this.#options = options;
    this.#folder = options.folder ?? Deno.cwd();
    if (options.bundles !== "none") this.#cache = options.cache ?? new FileCache(cacheFolder());
  }

  /** @throws {Fault} Of kind `engine`, if bundles are served and it is not known where their files may be kept. */
  static async of(files: readonly ServedFile[], options: ServedOptions): Promise<Served> {
    const loaded = files.map(async (each) => ({ ...each, digest: await digestOf(each.file) }));
    return new Served(await Promise.all(loaded), options);
  }

  /** Lets go of the files of bundles. Nothing of them may run any more. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#cache?.[Symbol.dispose]();
    return Promise.resolve();
  }

  /** What the entry of the host says of it. */
  describe(): Pick<HostRecord, "tasks" | "bundles"> {
    const names = this.#files.flatMap(({ tasks }) => tasks.map(({ name }) => name));
    return { tasks: [...new Set(names)], bundles: this.#options.bundles };
  }

  /**
   * What is to be run for a task that has come; to be asked once for each session, as files may have changed since.
   *
   * The host's own task of that name is, if it does the same: its action, modules, folder and variables are used, and only
   * limits come from the message. Otherwise the bundle is, if it is served: with the files that were sent, and the folder
   * of the host as that of the tasks file.
   *
   * @param sent What has come, of which nothing is trusted.
   * @param filesOf Gives the files of a digest, if they are needed; nothing if the session is over.
   */
  async find(sent: unknown, filesOf: FilesOf): Promise<Found> {
    try {
      const task = parsedTask(sent);
      const { own, reasons } = await this.#ownOf(task);
      if (own) return { task: own, from: "checkout" };
      const others = this.#bundlesReason(task);
      if (others === undefined) {
        return { task: await this.#bundled(task, filesOf), from: "bundle" };
      }
      return { refused: [...reasons, ...others].join("; ") };
    } catch (thrown) {
      // A fault of this machine is no reason for the run to end: another host may do.
      if (isError(thrown)) return { refused: thrown.message };
      throw thrown;
    }
  }

  /** The host's own task that does the same; else why there is none. */
  async #ownOf(
    sent: SentTask,
  ): Promise<{ readonly own?: Task; readonly reasons: readonly string[] }> {
    const reasons: string[] = [];
    this.#files = await Promise.all(this.#files.map((file) => this.#reloaded(file, reasons)));
    let isKnown = reasons.length > 0;
    for (const { file, tasks } of this.#files) {
      const own = tasks.find(({ name }) => name === sent.name);
      if (!own) continue;
      isKnown = true;
      const differing = differencesOf(sent, own, dirname(file));
      if (differing.length === 0) return { own: limited(own, sent), reasons };
      reasons.push(`its task "${sent.name}" differs: ${differing.join(", ")}`);
    }
    return { reasons: isKnown ? reasons : [`it serves no task "${sent.name}"`] };
  }

  /** Why a bundle is not run, in words; nothing if it is. @throws {TypeError} If its digest is not that of the task. */
  #bundlesReason(sent: SentTask): readonly string[] | undefined {
    const { bundles } = this.#options;
    if (bundles === "none") return [];
    if (taskDigest(sent) !== sent.bundle) {
      throw new TypeError("its message is wrong: its digest is not that of what it does");
    }
    if (bundles === "any" || bundles.includes(sent.bundle)) return undefined;
    return [`it does not serve bundle ${sent.bundle}`];
  }

  async #bundled(sent: SentTask, filesOf: FilesOf): Promise<Task> {
    const { action, rules, folder } = sent;
    refuseModules(sent);
    const files = sent.files && await this.#held(sent.files.digest, filesOf);
    const home = this.#folder;
    const placed = files && sent.files
      ? placedIn(files, action, { root: sent.files.root, folder })
      : action;
    const cwd = rules.cwd === undefined ? undefined : cwdIn(home, rules.cwd);
    const { permissions } = rules;
    const own: OwnPart = {
      action: placed,
      env: rules.env,
      isolation: files && hasConfiguration(files) ? "process" : rules.isolation,
      ...cwd !== undefined && { cwd },
      ...permissions && { permissions: placedPermissions(permissions, home, sent, files) },
    };
    return limited(own, sent);
  }

  async #held(digest: string, filesOf: FilesOf): Promise<HeldFiles> {
    const files = await this.#cache?.hold(digest, () => filesOf(digest));
    if (files) return files;
    throw new TypeError(`the files of its bundle are not on the server: ${digest}`);
  }

  /** A tasks file as it is now; without tasks, and with the reason, where that cannot be known. */
  async #reloaded(before: Loaded, reasons: string[]): Promise<Loaded> {
    const { file } = before;
    const digest = await digestOf(file);
    if (digest === before.digest) return before;
    if (/\.[cm]?[jt]s$/.test(file)) {
      reasons.push(`its tasks file "${file}" is code that has changed since it was started`);
      return { ...before, tasks: [] };
    }
    try {
      return { file, digest, tasks: await this.#options.load(file) };
    } catch (thrown) {
      reasons.push(`its tasks file has changed: ${messageOf(thrown)}`);
      return { file, digest: "", tasks: [] };
    }
  }
}

/** What of a task is the host's own, and not a limit. */
type OwnPart = Pick<Task, "action" | "env" | "isolation" | "cwd" | "permissions">;

/** A task with the limits that were sent. A process stays one: it is more to a host than a rule of the run. */
function limited({ action, env, isolation, cwd, permissions }: OwnPart, sent: SentTask): Task {
  const { chunk, memoryBytes, recycle, transfer, timeout, graceMs } = sent.rules;
  return {
    name: sent.name,
    action,
    source: { kind: "list", values: [] },
    needs: [],
    slots: 1,
    ordered: true,
    isolation: isolation === "process" ? isolation : sent.rules.isolation,
    chunk,
    env,
    ...cwd !== undefined && { cwd },
    ...permissions && { permissions },
    ...memoryBytes !== undefined && { memoryBytes },
    ...recycle && { recycle },
    ...transfer !== undefined && { transfer },
    ...timeout && { timeout },
    ...graceMs !== undefined && { graceMs },
  };
}

/** In what the host's own task is another than the one that was sent, in words. */
function differencesOf(sent: SentTask, own: Task, folder: string): readonly string[] {
  const { parts } = fingerprintOf(own, { folder, known: nothingKnown(false) });
  const { cwd: sentCwd = ".", ...sentParts } = sent.fingerprint;
  const { cwd = ".", ...ownParts } = parts;
  // Two checkouts may have one common folder for data beside them, or each its own.
  const isSamePlace = cwd === sentCwd || resolve(folder, cwd) === resolve(sent.folder, sentCwd);
  const places = isSamePlace ? [] : differences({ parts: { cwd: sentCwd } }, { parts: { cwd } });
  const allowed = permissionsDifference(sent, sentRules(own, folder).permissions, folder);
  return [
    ...differences({ parts: sentParts }, { parts: ownParts }),
    ...places,
    ...allowed === undefined ? [] : [allowed],
  ];
}

function permissionsDifference(
  { rules, folder: home }: SentTask,
  own: Permissions | undefined,
  folder: string,
): string | undefined {
  const sent = rules.permissions;
  if (sent === undefined && own === undefined) return undefined;
  if (sent === undefined || own === undefined) {
    return `permissions are ${sent ? "new" : "gone"}`;
  }
  const [far, near] = [keysOf(sent, home), keysOf(own, folder)];
  const areIn = (some: typeof far, others: typeof far) =>
    some.every((keys) => others.some((other) => other.some((key) => keys.includes(key))));
  return areIn(far, near) && areIn(near, far)
    ? undefined
    : `permissions became: ${inWords(own)}; they were: ${inWords(sent)}`;
}

/** All that is allowed; a path elsewhere both as it is and as seen from the folder. */
function keysOf(permissions: Permissions, folder: string): readonly (readonly string[])[] {
  return Object.entries(permissions).flatMap(([kind, grant]) =>
    (Array.isArray(grant) ? grant : [String(grant)]).map((each: string) => {
      const seen = each.startsWith("/") ? [`${kind} ${relative(folder, each)}`] : [];
      return [`${kind} ${each}`, ...seen];
    })
  );
}

/** @throws {TypeError} If an action has a module that could be something of this machine. */
function refuseModules({ action, files }: SentTask): void {
  withModules(action, (module) => {
    if (isLocal(module) ? files !== undefined : /^(?:https|npm|jsr|node):/.test(module)) {
      return module;
    }
    throw new TypeError(
      `it runs no module ${
        JSON.stringify(module)
      } of a bundle, which has its files and https:, npm:, jsr: and node: only`,
    );
  });
}

/** An action with its modules where they lie on this machine. @throws {TypeError} If one is none of the files. */
function placedIn(
  { root, paths }: HeldFiles,
  action: Action,
  sent: { readonly root: string; readonly folder: string },
): Action {
  return withModules(action, (module) => {
    if (!isLocal(module)) return module;
    const { place, more } = placeOf(module, sent.folder, sent.root);
    if (!paths.has(place)) {
      throw new TypeError(`module ${JSON.stringify(module)} is none of its files`);
    }
    return pathToFileURL(join(root, place)).href + more;
  });
}

/** The configuration of a Worker is that of the program; only a process has that of its module. */
function hasConfiguration({ paths }: HeldFiles): boolean {
  return [...paths].some((path) => /(?:^|\/)deno\.jsonc?$/.test(path));
}

/** @throws {TypeError} If there is no such folder, or it is not the host's. */
function cwdIn(home: string, cwd: string): string {
  if (cwd.startsWith("/")) {
    throw new TypeError(`its cwd ${JSON.stringify(cwd)} is outside the folder of its tasks file`);
  }
  const path = resolve(home, cwd);
  const isThere = isWithin(realPath(path) ?? "", realPath(home) ?? home);
  if (isThere && Deno.statSync(path).isDirectory) return path;
  throw new TypeError(`its cwd ${JSON.stringify(cwd)} is no folder in "${home}"`);
}

/** What lies in the folder of the tasks file lies in that of the host, or among the files that were sent. */
function placedPermissions(
  permissions: Permissions,
  home: string,
  { folder, files }: SentTask,
  held: HeldFiles | undefined,
): Permissions {
  return withPaths(permissions, (path) => {
    const far = resolve(folder, path);
    const own = path.startsWith("/") ? path : resolve(home, path);
    if (!held || !files || !isWithin(far, files.root)) return [own];
    return [own, join(held.root, relative(files.root, far))];
  });
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}

async function digestOf(path: string): Promise<string> {
  try {
    return sha256(await Deno.readFile(path));
  } catch (thrown) {
    return messageOf(thrown);
  }
}
