/**
 * The schema of tasks files for editors.
 *
 * @module
 */

import { toJsonSchema } from "../npm/valibot_json_schema.ts";
import { schema } from "./schema.ts";
import { inputs } from "../inputs/inputs_schema.ts";

/** What JSON cannot say, until it is left out of the choice it is part of. */
const NOTHING = JSON.stringify({ not: {} });

/**
 * The schema of tasks files as JSON Schema (draft-07), with descriptions, so that editors complete and check keys.
 *
 * It covers what one document can show by itself; that modules and needs exist is checked by `loadTasks()` only.
 */
export function jsonSchema(): Record<string, unknown> {
  return {
    ...toJsonSchema(schema, {
      definitions: { inputs },
      // That a text is a longer time than there can be is more than a pattern can say.
      ignoreActions: ["finite", "check"],
      overrideSchema: ({ valibotSchema: { type }, jsonSchema }) => {
        if (type === "function" || type === "custom") return { not: {} };
        return type === "union" ? withoutNothing(jsonSchema) : undefined;
      },
    }),
    title: "fanfold tasks file",
  };
}

function withoutNothing<S extends { anyOf?: readonly unknown[] }>(union: S): S {
  const options = union.anyOf?.filter((option) => JSON.stringify(option) !== NOTHING) ?? [];
  const { anyOf: _, ...rest } = union;
  return { ...rest, ...options.length === 1 ? options[0] as object : { anyOf: options } } as S;
}
