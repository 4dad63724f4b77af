/**
 * `fanfold help keys`: the keys of a task, made from the schema of tasks files and the rules.
 *
 * @module
 */

import { jsonSchema } from "../../tasks_file/json_schema.ts";
import { ACTIONS } from "../../tasks_file/schema.ts";
import { ruleOf } from "../../rules/rules.ts";
import type { Row, Topic } from "../topic.ts";

/** What is said of keys that are no rules beside what the schema says. */
const MORE: Readonly<Record<string, Partial<Record<"means" | "default", string>>>> = {
  run: { means: "the context is `{ task, index, attempt, slot, runId, signal }`" },
  shell: { means: "see fanfold help replacements" },
  inputs: { means: "see fanfold help sources", default: "one job" },
  needs: { default: "none" },
};

/** What a task may say that runs a function, a command or a script. */
interface Kind {
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
}

/** The keys of a task, in the order of the schema. */
function rowsOf(keys: readonly [key: string, Kind["properties"][string]][]): readonly Row[] {
  return keys.map(([key, { description }]) => {
    const more = ruleOf(key) ?? MORE[key];
    const byDefault = more?.default && `by default ${more.default}`;
    return [key, [description, more?.means, byDefault].filter(Boolean).join("; ")];
  });
}

function isAction(key: string): boolean {
  return ACTIONS.some((action) => action === key);
}

export function keysTopic(): Topic {
  const { tasks } = jsonSchema().properties as {
    readonly tasks: { readonly additionalProperties: { readonly anyOf: readonly Kind[] } };
  };
  const kinds = tasks.additionalProperties.anyOf.map(({ properties }) => properties);
  const all = Object.entries(Object.assign({}, ...kinds) as Kind["properties"]);
  const actionsWith = (key: string) =>
    ACTIONS.filter((action) => kinds.some((kind) => key in kind && action in kind));
  const rowsWith = (title: string, ...actions: readonly string[]) => {
    const some = all.filter(([key]) =>
      !isAction(key) && String(actionsWith(key)) === String(actions)
    );
    return some.length === 0 ? [] : [title, { rows: rowsOf(some) }];
  };
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
      ...rowsWith("Any task takes", ...ACTIONS),
      ...rowsWith("Tasks with `run` take", "run"),
      ...rowsWith("Tasks with `command` or `shell` take", "command", "shell"),
      "`defaults` beside `tasks` holds what is to count for every task. A mistake is told with its " +
      "line, what was found, what was wanted and the nearest name, all mistakes at once, and " +
      "nothing is run. fanfold schema prints a JSON Schema for editors.",
    ],
  };
}
