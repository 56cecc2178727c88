import { said } from "../api/client";
import { type Generation, generation, isFinal, retry } from "../generations/generations";
import { standing } from "../generations/running";
import { modelOf } from "../models/models";
import { go, hashOf } from "../route";
import { notice } from "../shell/notices";
import { dollars, moment } from "../ui/format";
import { Icon } from "../ui/icon";
import { askToDelete } from "./delete";
import { look } from "./search";
import { thumbnail } from "./thumbnail";

interface Choosing {
  chosen: readonly string[];
  onChoose: (id: string) => void;
}

/** What was asked for in one request: its results side by side, and the prompt once. */
export function Batch({ rows, ...choosing }: { rows: readonly Generation[] } & Choosing) {
  const first = rows[0];
  if (!first) return null;
  const cost = rows.reduce((sum, one) => sum + Number(one.cost ?? 0), 0);
  return (
    <li class={`card batch of-${Math.min(rows.length, 4)}`}>
      <ul class="batch-tiles">
        {rows.map((row) => (
          <Tile key={row.generation_id} row={generation(row.generation_id) ?? row} {...choosing} />
        ))}
      </ul>
      <a class="batch-prompt" href={hashOf({ page: "generation", id: first.generation_id })}>
        {first.prompt || "Several shots"}
      </a>
      <p class="soft small">
        {modelOf(first.model)?.display_name ?? first.model}, {moment(first.enqueued_at)}
        {cost > 0 && `, ${dollars(cost)}`}
      </p>
    </li>
  );
}

function Tile({ row, chosen, onChoose }: { row: Generation } & Choosing) {
  const id = row.generation_id;
  const title = row.prompt || row.model;
  const video = row.result_url !== null && !row.deleted_at;
  return (
    <li class="tile">
      <a
        class="thumbnail"
        href={hashOf({ page: "generation", id })}
        aria-label={`${title}, ${standing(row)}`}
      >
        {video ? (
          <img src={thumbnail(row)} alt="" loading="lazy" />
        ) : (
          <span class="tile-standing">{row.deleted_at ? "deleted" : standing(row)}</span>
        )}
      </a>
      <div class="tile-tools">
        {video && (
          <label class="tile-compare">
            <input
              type="checkbox"
              aria-label={`Compare: ${title}`}
              checked={chosen.includes(id)}
              onChange={() => onChoose(id)}
            />
            Compare
          </label>
        )}
        {video && <span class="header-gap" />}
        {(row.status === "failed" || row.status === "cancelled") && (
          <button class="button slim" type="button" onClick={() => again(id)}>
            <Icon name="retry" />
            Retry
          </button>
        )}
        {isFinal(row) && video && (
          <button
            class="button quiet square slim"
            type="button"
            title="Delete"
            aria-label={`Delete: ${title}`}
            onClick={() => askToDelete(row)}
          >
            <Icon name="delete" />
          </button>
        )}
      </div>
    </li>
  );
}

async function again(id: string): Promise<void> {
  try {
    go({ page: "generation", id: await retry(id) });
    await look();
  } catch (error) {
    notice("error", said(error));
  }
}
