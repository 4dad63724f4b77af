/**
 * `--results WHERE`: what each job wrote, kept apart.
 *
 * @module
 */

import { parseWhere } from "./results_where.ts";
import type { Results, ResultsOptions } from "./job_results.ts";
import { ResultsFolder } from "./results_folder.ts";
import { ResultsTable } from "./results_table.ts";

/**
 * Opens the place for results.
 *
 * @param where A folder, made where it is missing, or a file that ends in `.csv`, `.tsv` or `.json`, emptied first.
 * @throws {Fault} Of kind `usage`, if it cannot be opened or holds a replacement string.
 */
export function openResults(where: string, options: ResultsOptions): Results {
  const found = parseWhere(where);
  return found.kind === "folder"
    ? new ResultsFolder(found.path, options)
    : new ResultsTable(found, options);
}
