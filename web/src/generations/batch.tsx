import { later } from "../ui/later";
import { type Generation, isFinal } from "./generations";
import { Running } from "./running";

const Result = later(() => import("../result/result").then(({ Result }) => Result));

interface Props {
  /** In the order in which they were asked for. */
  rows: readonly Generation[];
  /** The one to begin with; the first unless told. */
  at?: string;
}

/** What was asked for in one request: each while it runs, then the results as one. */
export function Batch({ rows, at }: Props) {
  const first = rows.find((one) => one.generation_id === at) ?? rows[0];
  if (!first) return null;
  if (rows.every(isFinal)) return <Result row={first} siblings={rows} />;
  return (
    <div class={rows.length > 1 ? "batch-several" : ""}>
      {rows.map((row) =>
        isFinal(row) ? (
          <Result key={row.generation_id} row={row} />
        ) : (
          <Running key={row.generation_id} row={row} />
        ),
      )}
    </div>
  );
}
