import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ask } from "../api/client";
import { active, type Generation, generation, know } from "../generations/generations";
import { standing } from "../generations/running";
import { batchesOf } from "../history/search";
import { thumbnail } from "../history/thumbnail";
import { hashOf } from "../route";
import { show, shown } from "./run";

const MOST = 12;
const rows = signal<readonly Generation[]>([]);

async function look(): Promise<void> {
  const told = await ask<{ generations: Generation[] }>(
    `api/ai/generations?page_size=${MOST}&deleted=false`,
  );
  know(told.generations);
  rows.value = told.generations;
}

/** What was asked for last; one click puts it on the stage, whether it is done or still running. */
export function Recent() {
  const running = active.value.map((one) => one.generation_id).join();
  useEffect(() => {
    look().catch(() => undefined); // it is a convenience; the history says what is wrong
  }, [running]);
  if (!rows.value.length) return null;
  return (
    <section class="recent" aria-labelledby="recent-title">
      <div class="row">
        <h2 id="recent-title">Recent</h2>
        <span class="header-gap" />
        <a class="small" href={hashOf({ page: "history" })}>
          All
        </a>
      </div>
      <ul class="recent-tiles">
        {batchesOf(rows.value).map((batch) => (
          <Tile key={batch[0]?.generation_id} batch={batch} />
        ))}
      </ul>
    </section>
  );
}

function Tile({ batch }: { batch: readonly Generation[] }) {
  const ids = batch.map((one) => one.generation_id);
  const [first] = ids.map((id) => generation(id) ?? batch[0]);
  if (!first) return null;
  const title = first.prompt || first.model;
  return (
    <li>
      <button
        type="button"
        class="recent-tile"
        title={title}
        aria-pressed={ids.some((id) => shown.value.includes(id))}
        onClick={() => show(ids)}
      >
        <span class="thumbnail">
          {first.result_url ? (
            <img src={thumbnail(first)} alt="" loading="lazy" />
          ) : (
            <span>{standing(first)}</span>
          )}
        </span>
        <span class="recent-title">
          {title}
          {ids.length > 1 && ` (${ids.length})`}
        </span>
      </button>
    </li>
  );
}
