/** A generation that is final: what came of it, and what to do with it. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Generation, retry } from "../generations/generations";
import { modelOf } from "../models/models";
import { type Clip, Grid, Player } from "../player/player";
import { go } from "../route";
import { Act } from "./act";
import { asInput, editRequest, runAgain } from "./again";
import { afterOf, beforeOf, noBefore, stillOf } from "./clips";
import { Code } from "./code";
import { Facts } from "./facts";
import { Failure } from "./failure";
import { fileName } from "./names";
import "./result.css";
import { requestOf } from "./request";
import { save } from "./save";

interface ResultProps {
  row: Generation;
  /** All that were asked for in the same request, `row` among them, in their order. */
  siblings?: readonly Generation[];
  /** Called when another of them is chosen; without it, the result keeps that to itself. */
  onChoose?: (id: string) => void;
}

export function Result({ row: given, siblings = [], onChoose }: ResultProps) {
  const chosen = useSignal<string | "all">(given.generation_id);
  useEffect(() => {
    chosen.value = given.generation_id;
  }, [given.generation_id, chosen]);
  const row = siblings.find((one) => one.generation_id === chosen.value) ?? given;
  const several = siblings.length > 1;
  const choose = (id: string): void => {
    chosen.value = id;
    if (id !== "all") onChoose?.(id);
  };
  return (
    <article class="result stack" aria-label={row.prompt || "Result"}>
      {several && <Siblings rows={siblings} chosen={chosen.value} choose={choose} />}
      {chosen.value === "all" ? <All rows={siblings} /> : <One row={row} />}
    </article>
  );
}

function Siblings({
  rows,
  chosen,
  choose,
}: {
  rows: readonly Generation[];
  chosen: string;
  choose: (id: string) => void;
}) {
  const shown = rows.filter((one) => afterOf(one));
  return (
    <fieldset class="result-siblings">
      <legend class="visually-hidden">Which result</legend>
      {rows.map((one, index) => (
        <label key={one.generation_id} class="result-sibling">
          <input
            type="radio"
            name="sibling"
            checked={chosen === one.generation_id}
            onChange={() => choose(one.generation_id)}
          />
          <span>
            {index + 1}
            {one.status !== "succeeded" && ` · ${one.status}`}
          </span>
        </label>
      ))}
      {shown.length > 1 && (
        <label class="result-sibling">
          <input
            type="radio"
            name="sibling"
            checked={chosen === "all"}
            onChange={() => choose("all")}
          />
          <span>All side by side</span>
        </label>
      )}
    </fieldset>
  );
}

function All({ rows }: { rows: readonly Generation[] }) {
  const clips = rows
    .map((one, index) => afterOf(one, String(index + 1)))
    .filter((clip) => clip !== null);
  return <Grid clips={clips} />;
}

function One({ row }: { row: Generation }) {
  const after = afterOf(row);
  if (row.status === "failed") return <Failure row={row} />;
  return (
    <>
      {after ? <Compared row={row} after={after} /> : <Gone row={row} />}
      <Actions row={row} />
      <Words row={row} />
      <Facts row={row} url={after?.url ?? null} />
      <Code row={row} />
    </>
  );
}

function Compared({ row, after }: { row: Generation; after: Clip }) {
  const before = beforeOf(row);
  const why = noBefore(row);
  return (
    <>
      <Player
        before={before}
        after={before ? after : { ...after, name: "Result" }}
        still={before && ((seconds) => stillOf(before, seconds))}
      />
      {why && <p class="hint">{why}</p>}
    </>
  );
}

function Gone({ row }: { row: Generation }) {
  return (
    <p class="blank">
      {row.status === "cancelled"
        ? "This was cancelled. It cost nothing."
        : "The video was deleted. What was asked for, and what it cost, is kept."}
    </p>
  );
}

function Actions({ row }: { row: Generation }) {
  const after = afterOf(row);
  const { lost } = requestOf(row, modelOf(row.model), row.target_namespace);
  const cut = lost.length
    ? "The request held a file that is not kept; edit it and choose the file again."
    : null;
  return (
    <div class="row result-actions">
      {after && (
        <Act icon="download" accent act={() => save(after.url, fileName(row))}>
          Download
        </Act>
      )}
      {after && (
        <Act icon="film" act={() => asInput(row)}>
          Use as input
        </Act>
      )}
      {row.status === "cancelled" ? (
        <Act
          icon="retry"
          act={async () => go({ page: "generation", id: await retry(row.generation_id) })}
        >
          Retry
        </Act>
      ) : (
        <Act
          icon="retry"
          act={() => runAgain(row)}
          off={cut}
          title="The same request with another seed"
        >
          Run again
        </Act>
      )}
      <Act icon="edit" act={() => editRequest(row)}>
        Edit the request
      </Act>
    </div>
  );
}

function Words({ row }: { row: Generation }) {
  const enhanced = row.details?.["enhanced_prompt"];
  return (
    <div class="result-words stack">
      {row.prompt && <p class="result-prompt">{row.prompt}</p>}
      {row.notes.length > 0 && (
        <ul class="result-notes">
          {row.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {enhanced && (
        <details>
          <summary>As the prompt enhancer wrote it</summary>
          <p class="result-prompt">{enhanced}</p>
        </details>
      )}
    </div>
  );
}
