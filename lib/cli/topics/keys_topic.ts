/**
 * `fanfold help keys`: the keys of a task, made from the schema of tasks files.
 *
 * @module
 */

import { jsonSchema } from "../../tasks_file/json_schema.ts";
import type { Row, Topic } from "../topic.ts";

/** What is said of a key beside what the schema says. */
interface More {
  /** Its values, and what else follows from it. */
  readonly means?: string;
  /** What counts where it is not given. */
  readonly unless?: string;
}

const MORE: Readonly<Record<string, More>> = {
  run: { means: "the context is `{ task, index, attempt, slot, runId, signal }`" },
  shell: { means: "see fanfold help replacements" },
  inputs: { means: "see fanfold help sources", unless: "one job" },
  spread: { unless: "`false`" },
  needs: { unless: "none" },
  isolation: {
    means: "`worker` or `process`",
    unless: "`worker`; `process` with `env`, `cwd`, `timeout`, `memory`",
  },
  jobs: { means: 'for example `4`, `50%`, `"+1"` or `"-1"`', unless: "all hardware threads" },
  chunk: { means: "a number or `auto`, which aims at 4 to 32 ms of work", unless: "`auto`" },
  transfer: { unless: "no" },
  window: { unless: "for each slot 2048, 2^20 in all, or four chunks" },
  ordered: { unless: "`true`" },
  init: {
    means: "with a `timeout` it and importing may take as long, or 10 s",
    unless: "none",
  },
  recycle: {
    means: "after `{ jobs: 1000 }`, above `{ memory: 512MB }`, or either",
    unless: "never",
  },
  memory: {
    means: "for example `512MB`, `2GiB`; a job that takes more died, `OutOfMemory`",
    unless: "no limit",
  },
  timeout: {
    means: "`500ms`, `30s`, `5m`, a number of seconds, or `200%`; a slot that " +
      "takes up no job for 5 s is replaced",
    unless: "none",
  },
  retries: {
    means:
      "for example `3`, or `{ times: 3, backoff: 1s, factor: 2, max: 5m, jitter: 0.1, on: [timed-out, TypeError] }`",
    unless: "`0`; at once, on all endings",
  },
  rate: { means: "for example `10/s`, `100/m`, `1/10s`", unless: "as slots are free" },
  halt: {
    means: "`soon` or `now` at the first failure; or as in GNU parallel: `now,fail=3`, " +
      "`soon,fail=10%`, `now,success=1`, `soon,done=20`",
    unless: "`never`",
  },
  fold: {
    means: "its result is printed instead of the values, once all jobs are done",
    unless: "none",
  },
  env: { unless: "that of fanfold" },
  cwd: { unless: "that of fanfold" },
};

interface Property {
  readonly description?: string;
}

interface Schema {
  readonly tasks: { readonly additionalProperties: { readonly anyOf: readonly Kind[] } };
}

/** What a task may say that runs a function, a command or a script. */
interface Kind {
  readonly properties: Readonly<Record<string, Property>>;
}

/** The keys of a task, in the order of the schema. */
function rowsOf(keys: readonly (readonly [key: string, property: Property])[]): readonly Row[] {
  return keys.map(([key, { description }]) => {
    const { means, unless } = MORE[key] ?? {};
    const byDefault = unless && `by default ${unless}`;
    return [key, [description, means, byDefault].filter(Boolean).join("; ")];
  });
}

/** See the module. */
export function keysTopic(): Topic {
  const { tasks } = jsonSchema().properties as Schema;
  const kinds = tasks.additionalProperties.anyOf.map(({ properties }) => properties);
  const all = Object.entries(Object.assign({}, ...kinds) as Kind["properties"]);
  const isOfAll = (key: string) => kinds.every((kind) => Object.hasOwn(kind, key));
  const isAction = (key: string) => ["run", "command", "shell"].includes(key);
  return {
    name: "keys",
    title: "what a task may say",
    blocks: [
      {
        lines: `tasks:
  thumbs:
    description: small pictures of all that is new
    command: [convert, "{}", -resize, 200x, "thumbs/{/}"]
    inputs: { files: "*.jpg" }
    timeout: 30s
    retries: 2`,
      },
      "A task says one of these:",
      { rows: rowsOf(all.filter(([key]) => isAction(key))) },
      "Any task takes",
      { rows: rowsOf(all.filter(([key]) => isOfAll(key) && !isAction(key))) },
      "Tasks with `run` take",
      { rows: rowsOf(all.filter(([key]) => !isOfAll(key) && !isAction(key))) },
      "`defaults` beside `tasks` holds what is to count for every task. A mistake is told with its " +
      "line, what was found, what was wanted and the nearest name, all mistakes at once, and " +
      "nothing is run. fanfold schema prints a JSON Schema for editors.",
    ],
  };
}
