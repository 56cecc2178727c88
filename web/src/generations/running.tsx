import { useSignal } from "@preact/signals";
import { here } from "../api/address";
import { said } from "../api/client";
import { heard } from "../api/events";
import { notice } from "../shell/notices";
import { Icon } from "../ui/icon";
import { cancel, type Generation } from "./generations";

/** A generation that is queued or processing: where it stands, a first look at it, and a way to stop it. */
export function Running({ row }: { row: Generation }) {
  const percent = Math.floor(row.progress * 100);
  const waits = row.status === "queued";
  return (
    <article class="running" aria-label={`${row.prompt || row.model}, ${standing(row)}`}>
      <div class="running-frame">
        {row.preview_url ? (
          <img src={here(row.preview_url)} alt="A frame of what is being made" />
        ) : (
          <p class="soft">{waits ? "It waits for its turn." : "No frame is finished yet."}</p>
        )}
      </div>
      <div class="running-bar">
        <p role="status">{[standing(row), left(row)].filter(Boolean).join(", ")}</p>
        <progress max={100} aria-label="Progress" {...(waits ? {} : { value: percent })} />
        <Cancel id={row.generation_id} />
      </div>
      {!heard.value && (
        <p class="hint" role="status">
          The server does not answer at the moment. Nothing is lost; this goes on when it does.
        </p>
      )}
    </article>
  );
}

/** Where a generation stands, in a few words. */
export function standing(row: Generation): string {
  if (row.status === "processing") return `${Math.floor(row.progress * 100)} %`;
  if (row.status !== "queued") return row.status;
  const place = row.queue_position;
  if (place === null || place === undefined) return "Queued";
  return place <= 1 ? "Next in the queue" : `Number ${place} in the queue`;
}

/** In how long it is done, in a few words; nothing where that is not known. */
export function left(row: Generation, now = Date.now() / 1000): string {
  if (!row.eta) return "";
  const low = Math.max(0, row.eta.finish.low - now);
  const high = Math.max(low, row.eta.finish.high - now);
  if (high < 60) return "done within a minute";
  const minutes = (seconds: number) => Math.max(1, Math.round(seconds / 60));
  const [from, to] = [minutes(low), minutes(high)];
  return from === to ? `done in about ${to} min` : `done in ${from} to ${to} min`;
}

function Cancel({ id }: { id: string }) {
  const busy = useSignal(false);
  return (
    <button
      class="button slim"
      type="button"
      disabled={busy}
      onClick={async () => {
        busy.value = true;
        try {
          await cancel(id);
        } catch (error) {
          notice("error", said(error));
          busy.value = false;
        }
      }}
    >
      <Icon name="close" />
      Cancel
    </button>
  );
}
