/**
 * What a run sends of its tasks.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { relative } from "node:path";
import { Fault } from "../../../fault.ts";
import type { Task } from "../../../job.ts";
import { configurationOf } from "../../../modules/configuration.ts";
import { fingerprintOf, modulesOf } from "../../../modules/fingerprint.ts";
import { readBytes } from "../../../modules/import_map.ts";
import { type Known, nothingKnown } from "../../../modules/local_imports.ts";
import { withPaths } from "../../../rules/permissions.ts";
import { sha256 } from "../../../text/digest.ts";
import { sizeText } from "../../../text/sizes.ts";
import type { SentFiles, SentRules, SentTask } from "../messages.ts";
import { fileSetOf, MOST_BYTES, packed } from "./file_set.ts";
import { folderOfAll, sentAction, sentPath } from "./sent_paths.ts";
import { taskDigest } from "./task_digest.ts";

export interface FrozenTasks {
  /** In the order of the tasks; that they are single is not said of any. */
  readonly sent: readonly SentTask[];
  /** The local files of all of them, by the digests that they name. */
  readonly bundles: ReadonlyMap<string, Uint8Array>;
}

/**
 * Tasks as they are sent to hosts, with the local files that they are made of: all local modules of a function and its
 * `init`, and the configuration that applies to these. What only the import map of this program leads to is left out:
 * hosts have that themselves.
 *
 * @param folder Absolute folder that paths are taken relative to: the one of the tasks file, or the current one.
 * @throws {Fault} Of kind `tasks`, if the files of a task take more than 64 MiB.
 */
export function freeze(tasks: readonly Task[], folder: string): FrozenTasks {
  const freezing = new Freezing(folder);
  const sent = tasks.map((task) => freezing.sent(task));
  return { sent, bundles: freezing.bundles };
}

class Freezing {
  readonly bundles = new Map<string, Uint8Array>();
  readonly #folder: string;
  readonly #known: Known = nothingKnown(false);
  /** What has been put together, by the URLs of its modules. */
  readonly #sets = new Map<string, SentFiles>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  sent(task: Task): SentTask {
    const folder = this.#folder;
    const { name } = task;
    const action = plainAction(task, folder);
    const rules = sentRules(task, folder);
    const { parts } = fingerprintOf(task, { folder, known: this.#known });
    const files = this.#filesOf(task);
    const bundle = taskDigest({ action, folder, rules, files });
    const sent = { name, folder, action, rules, fingerprint: parts, bundle, isSingle: false };
    return files ? { ...sent, files } : sent;
  }

  #filesOf(task: Task): SentFiles | undefined {
    const modules = [...modulesOf(task, this.#known).keys()];
    if (modules.length === 0) return undefined;
    const key = modules.sort().join("\n");
    const before = this.#sets.get(key);
    if (before) return before;
    const urls = [...modules, ...configurationOf(modules)];
    const root = folderOfAll(urls.map((url) => fileURLToPath(url)));
    const contents = contentsOf(task, urls);
    const placed = Array.from(contents, ([path, bytes]) => [relative(root, path), bytes] as const);
    const set = fileSetOf(new Map(placed));
    const files: SentFiles = { digest: sha256(set.index), root };
    if (!this.bundles.has(files.digest)) this.bundles.set(files.digest, packed(set));
    this.#sets.set(key, files);
    return files;
  }
}

/** What files have in them, by their paths. Those that cannot be read are left out: the fingerprint says so of them. */
function contentsOf({ name }: Task, urls: readonly string[]): ReadonlyMap<string, Uint8Array> {
  const contents = new Map<string, Uint8Array>();
  let size = 0;
  for (const url of new Set(urls)) {
    const bytes = readBytes(new URL(url));
    if (typeof bytes !== "object") continue;
    contents.set(fileURLToPath(url), bytes);
    size += bytes.length;
    if (size <= MOST_BYTES) continue;
    const found = `found more than ${sizeText(MOST_BYTES)} in ${contents.size} files`;
    throw new Fault("tasks", `Cannot send the modules of task "${name}" to hosts: ${found}`, {
      hint: "let hosts serve a tasks file of their own, or have jobs read large files themselves",
    });
  }
  return contents;
}

function plainAction({ action }: Task, folder: string): SentTask["action"] {
  const sent = sentAction(action, folder);
  if (sent.kind === "function") return sent;
  const { columns } = sent;
  const own = columns === undefined ? {} : { columns: [...columns] };
  return sent.kind === "command"
    ? { kind: sent.kind, argv: [...sent.argv], ...own }
    : { kind: sent.kind, script: sent.script, ...own };
}

/** @param folder What paths in them are relative to. */
export function sentRules(
  {
    isolation,
    chunk,
    env,
    cwd,
    permissions,
    memoryBytes,
    recycle,
    transfer,
    timeout,
    graceMs,
    twice,
  }: SentRules,
  folder: string,
): SentRules {
  const sent: SentRules = {
    isolation,
    chunk,
    env,
    cwd: cwd === undefined ? undefined : sentPath(cwd, folder),
    permissions: permissions && withPaths(permissions, (path) => [sentPath(path, folder)]),
    memoryBytes,
    recycle,
    transfer,
    timeout,
    graceMs,
    twice,
  };
  const said = Object.entries(sent).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as unknown as SentRules;
}
