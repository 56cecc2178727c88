import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { said } from "../api/client";
import { type Generation, generation, look } from "../generations/generations";
import { Player } from "../player/player";
import { lasting } from "../result/clips";
import { hashOf } from "../route";

/** Any two results on one clock. */
export function Compare({ ids }: { ids: readonly [string, string] }) {
  const problem = useSignal("");
  useEffect(() => {
    Promise.all(ids.map(look)).catch((error: unknown) => {
      problem.value = said(error);
    });
  }, [ids.join()]);
  const [first, second] = ids.map(generation);
  return (
    <div class="stack">
      <h1>Compare</h1>
      <p class="error" role="alert">
        {problem}
      </p>
      {first && second && <Two first={first} second={second} />}
    </div>
  );
}

function Two({ first, second }: { first: Generation; second: Generation }) {
  if (!first.result_url || !second.result_url) {
    return <p class="card">One of the two has no video to compare.</p>;
  }
  return (
    <>
      <Player
        before={{ url: lasting(first.result_url, first.target_namespace), name: "Left" }}
        after={{ url: lasting(second.result_url, second.target_namespace), name: "Right" }}
      />
      <dl class="compare-names">
        {[
          ["Left", first],
          ["Right", second],
        ].map(([side, row]) => (
          <Named key={String(side)} side={String(side)} row={row as Generation} />
        ))}
      </dl>
    </>
  );
}

function Named({ side, row }: { side: string; row: Generation }) {
  return (
    <div>
      <dt class="soft small">{side}</dt>
      <dd>
        <a href={hashOf({ page: "generation", id: row.generation_id })}>
          {row.prompt || row.model}
        </a>
      </dd>
    </div>
  );
}
