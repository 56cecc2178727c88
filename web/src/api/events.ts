/** What happens to generations, as the server tells it (server-sent events). */

import { signal } from "@preact/signals";
import { address } from "./address";

export interface News {
  name:
    | "generation_progress"
    | "media_generation_completed"
    | "generation_cancelled"
    /** Something may have been missed: look at what is there. */
    | "reset";
  data: {
    generation_id?: string;
    status?: string;
    progress?: number;
    preview_url?: string | null;
    error?: string;
    [more: string]: unknown;
  };
}

const NAMES = [
  "generation_progress",
  "media_generation_completed",
  "generation_cancelled",
  "reset",
] as const;

/** Whether the stream stands, or did until a moment ago. */
export const heard = signal(true);

/** Milliseconds without a stream before that is told: the browser takes most of them up by itself. */
const MOMENT = 4_000;

/** Milliseconds until a stream that ended is asked for again; doubled each time, up to the last. */
const PATIENCE = [1_000, 30_000] as const;

/**
 * Hear everything until the function that is returned is called.
 *
 * `onOpen` is called whenever the stream stands (again): what happened before may have been missed.
 * The browser takes up a broken stream by itself, with the id of the last event; a refused one
 * (signed out, server restarting) it gives up, so that is done here.
 */
export function listen(onNews: (news: News) => void, onOpen: () => void): () => void {
  let source: EventSource | undefined;
  let timer = 0;
  let missed = 0;
  let wait: number = PATIENCE[0];
  const open = (): void => {
    source = new EventSource(address("api/events"));
    source.onopen = () => {
      wait = PATIENCE[0];
      clearTimeout(missed);
      missed = 0;
      heard.value = true;
      onOpen();
    };
    source.onerror = () => {
      missed ||= window.setTimeout(() => {
        heard.value = false;
      }, MOMENT);
      if (source?.readyState !== EventSource.CLOSED) return;
      // Why it was refused, such an answer does not tell; another request will.
      onNews({ name: "reset", data: {} });
      timer = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, PATIENCE[1]);
    };
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        onNews({ name, data: JSON.parse((event as MessageEvent<string>).data) });
      });
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    clearTimeout(missed);
    heard.value = true;
    source?.close();
  };
}
