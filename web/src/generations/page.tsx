import { computed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ApiError, ask, said } from "../api/client";
import { hashOf } from "../route";
import { Batch } from "./batch";
import { type Generation, generation, know, look } from "./generations";

/** One generation on a page of its own, with those that were asked for together with it. */
export function GenerationPage({ id }: { id: string }) {
  const ids = useSignal<readonly string[]>([id]);
  const problem = useSignal("");
  useEffect(() => {
    siblings(id)
      .then((found) => {
        ids.value = found;
      })
      .catch((error: unknown) => {
        problem.value =
          error instanceof ApiError && error.status === 404
            ? "There is no such video, or it is somebody else's."
            : said(error);
      });
  }, [id]);
  const rows = useMemo(
    () => computed(() => ids.value.flatMap((one) => generation(one) ?? [])),
    [ids],
  );
  return (
    <div class="stack">
      <h1 class="visually-hidden">Video</h1>
      {problem.value && (
        <p class="card" role="alert">
          {problem} <a href={hashOf({ page: "history" })}>To the history</a>
        </p>
      )}
      <Batch rows={rows.value} at={id} />
    </div>
  );
}

/** The ids of all that were asked for in the same request, in their order. Throws ApiError. */
async function siblings(id: string): Promise<string[]> {
  const row = await look(id);
  if (!row.batch_id) return [id];
  // Of an organisation's, too: the list is of one namespace.
  const query = new URLSearchParams({ batch_id: row.batch_id, namespace: row.target_namespace });
  const { generations } = await ask<{ generations: Generation[] }>(`api/ai/generations?${query}`);
  know(generations);
  return generations.map((one) => one.generation_id).reverse(); // they come newest first
}
