import { useSignal, useSignalEffect } from "@preact/signals";
import { type Answer, ask, said } from "../api/client";
import { modelOf } from "../models/models";
import { dollars, seconds } from "../ui/format";

type Used = Answer<"/api/ai/usage", "get">;

const SPANS = { "7": "7 days", "30": "30 days", "365": "a year" } as const;

/** What each model cost in the last days. */
export function Usage() {
  const days = useSignal<keyof typeof SPANS>("30");
  const used = useSignal<Used | null>(null);
  const problem = useSignal("");
  useSignalEffect(() => {
    const span = days.value;
    ask<Used>(`api/ai/usage?from=${day(Number(span) - 1)}&to=${day(0)}`)
      .then((told) => {
        if (days.peek() === span) used.value = told;
      })
      .catch((error: unknown) => {
        problem.value = said(error);
      });
  });
  return (
    <section class="card stack" aria-labelledby="usage-title">
      <div class="row">
        <h2 id="usage-title">Spent</h2>
        <span class="header-gap" />
        <label class="row small account-span">
          <span>in the last</span>
          <select
            value={days}
            onChange={(event) => {
              days.value = event.currentTarget.value as keyof typeof SPANS;
            }}
          >
            {Object.entries(SPANS).map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="error" role="alert">
        {problem}
      </p>
      {used.value && <Table used={used.value} />}
    </section>
  );
}

function Table({ used }: { used: Used }) {
  if (used.total.generations === 0) return <p class="soft">Nothing was asked for.</p>;
  const most = Math.max(...used.by_model.map((one) => Number(one.cost)), 0.000001);
  return (
    <div class="account-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Videos</th>
            <th scope="col">Failed</th>
            <th scope="col">Length</th>
            <th scope="col">Spent</th>
          </tr>
        </thead>
        <tbody>
          {used.by_model.map((one) => (
            <tr key={one.model}>
              <th scope="row">
                {modelOf(one.model)?.display_name ?? one.model}
                <meter min={0} max={most} value={Number(one.cost)} aria-hidden="true" />
              </th>
              <td data-label="Videos">{one.succeeded}</td>
              <td data-label="Failed">{one.failed}</td>
              <td data-label="Length">{seconds(one.seconds)}</td>
              <td data-label="Spent">{dollars(one.cost)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            <td data-label="Videos">{used.total.succeeded}</td>
            <td data-label="Failed">{used.total.failed}</td>
            <td data-label="Length">{seconds(used.total.seconds)}</td>
            <td data-label="Spent">{dollars(used.total.cost)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** The day so many days ago, of UTC, as the API counts them. */
function day(ago: number): string {
  return new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
}
