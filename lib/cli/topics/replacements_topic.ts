/**
 * `fanfold help replacements`: replacement strings, with what they really give.
 *
 * @module
 */

import { compileTemplate } from "../../template/template.ts";
import type { Row, Topic } from "../topic.ts";

const PATH = "dir/a.tar.gz";
const RECORD = { name: PATH, age: 36 };

export function replacementsTopic(): Topic {
  const row = (text: string, means: string, input: unknown = PATH): Row => {
    const [given = ""] = compileTemplate([text])(input, { index: 0, slot: 1 });
    return [text, `${means}: \`${given}\``];
  };
  return {
    name: "replacements",
    title: "what stands for the input in a command",
    blocks: [
      "Replacement strings are those of GNU parallel, and the fields of records. For the input " +
      `\`${PATH}\`, in the first job on the first slot:`,
      {
        rows: [
          row("{}", "all of it"),
          row("{.}", "without the extension"),
          row("{/}", "the last part of a path"),
          row("{//}", "its folder"),
          row("{/.}", "the last part without the extension"),
          row("{#}", "the number of the job, from 1"),
          row("{%}", "the number of the slot, from 1"),
        ],
      },
      "Of a list, here [left, right], and of a record, here { name: dir/a.tar.gz, age: 36 }:",
      {
        rows: [
          row("{1}", "an element from the start", ["left", "right"]),
          row("{-1}", "an element from the end, empty beyond the list", ["left", "right"]),
          row("{name}", "a field, whatever it is called", RECORD),
          row("{name/.}", "cut in the same ways", RECORD),
        ],
      },
      "Without any of them the input comes last. An argument that is `{}` alone becomes one " +
      "argument for each element of a list (of `batch`, for example); one argument never becomes " +
      "several by what is in an input.",
      "A brace before a replacement string is doubled to mean itself (`{{}`); other braces are " +
      "text, so `{{.Names}}` and `awk '{print $1}'` stay as they are.",
      "In a script for `shell` nothing is replaced: the input is `$1`, of a list `$1` `$2`…, and " +
      "`$INPUT`, of a record `$INPUT_field` (with `_` for what is no ASCII letter, digit or `_`).",
      { lines: "fanfold each --dry-run convert {} -resize 50% {.}.png ::: dir/a.jpg" },
    ],
  };
}
