import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { generation } from "../generations/generations";
import { models } from "../models/models";
import { go } from "../route";
import { dollars } from "../ui/format";
import { Icon } from "../ui/icon";
import { Batch } from "./batch";
import { batchesOf, filter, filters, followFilters, found, NONE, problem } from "./search";
import "./history.css";

const STATUSES = ["queued", "processing", "succeeded", "failed", "cancelled"];

/** Ids chosen to be compared, two at most. */
const chosen = signal<readonly string[]>([]);

function choose(id: string): void {
  const rest = chosen.value.filter((one) => one !== id);
  chosen.value = rest.length < chosen.value.length ? rest : [...rest, id].slice(-2);
}

export function History() {
  useEffect(followFilters, []);
  const told = found.value;
  return (
    <div class="stack">
      <h1>History</h1>
      <Filters />
      <CompareBar />
      {problem.value && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      {told && (
        <>
          <p class="soft small" role="status">
            {counted(told.total_entries)}
            {told.total_cost !== null && `, ${dollars(told.total_cost)} in all`}
          </p>
          {told.total_entries === 0 && <Nothing />}
          <ul class="history-grid">
            {batchesOf(told.generations).map((batch) => (
              <Batch
                key={batch[0]?.batch_id ?? batch[0]?.generation_id}
                rows={batch}
                chosen={chosen.value}
                onChoose={choose}
              />
            ))}
          </ul>
          <Pages pages={told.total_pages} />
        </>
      )}
    </div>
  );
}

const counted = (number: number): string => (number === 1 ? "1 video" : `${number} videos`);

function Filters() {
  const { search, model, status } = filters.value;
  return (
    <search class="history-filters">
      <label class="field">
        <span>Words of the prompt</span>
        <input
          type="search"
          value={search}
          onInput={(event) => filter({ search: event.currentTarget.value })}
        />
      </label>
      <label class="field">
        <span>Model</span>
        <select value={model} onChange={(event) => filter({ model: event.currentTarget.value })}>
          <option value="">All</option>
          {models.value?.map(({ id, display_name }) => (
            <option key={id} value={id}>
              {display_name}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Status</span>
        <select value={status} onChange={(event) => filter({ status: event.currentTarget.value })}>
          <option value="">All</option>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}

function CompareBar() {
  const [first, second] = chosen.value.filter((id) => !generation(id)?.deleted_at);
  if (first === undefined) return null;
  return (
    <div class="history-compare card row" role="status">
      <p>{second === undefined ? "Choose one more to compare." : "Two are chosen."}</p>
      <span class="header-gap" />
      <button
        class="button quiet"
        type="button"
        onClick={() => {
          chosen.value = [];
        }}
      >
        Choose none
      </button>
      <button
        class="button accent"
        type="button"
        disabled={second === undefined}
        onClick={() => second !== undefined && go({ page: "compare", ids: [first, second] })}
      >
        Compare
      </button>
    </div>
  );
}

function Nothing() {
  const filtered = JSON.stringify({ ...filters.value, page: 1 }) !== JSON.stringify(NONE);
  return (
    <div class="card stack history-nothing">
      <p>{filtered ? "Nothing was found with these filters." : "Nothing was asked for yet."}</p>
      {filtered ? (
        <button class="button" type="button" onClick={() => filter(NONE)}>
          Show all
        </button>
      ) : (
        <a class="button accent" href="#/">
          <Icon name="plus" />
          Edit a video
        </a>
      )}
    </div>
  );
}

function Pages({ pages }: { pages: number }) {
  const { page } = filters.value;
  if (pages < 2) return null;
  return (
    <nav class="row history-pages" aria-label="Pages of the history">
      <button
        class="button"
        type="button"
        disabled={page <= 1}
        onClick={() => filter({ page: page - 1 })}
      >
        Newer
      </button>
      <span>
        {page} of {pages}
      </span>
      <button
        class="button"
        type="button"
        disabled={page >= pages}
        onClick={() => filter({ page: page + 1 })}
      >
        Older
      </button>
    </nav>
  );
}
