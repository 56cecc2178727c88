import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { probeAddress } from "../footage/probe";
import type { Generation } from "../generations/generations";
import { modelOf } from "../models/models";
import { bytes, dollars, moment, seconds } from "../ui/format";
import type { Probe } from "../workbench/attachment";

/** What there is to know of a result, as a list of names and values. */
export function Facts({ row, url }: { row: Generation; url: string | null }) {
  const probe = useSignal<Probe | null>(null);
  useEffect(() => {
    let wanted = true;
    probe.value = null;
    if (url) {
      probeAddress(url, "video")
        .then((found) => {
          if (wanted) probe.value = found?.probe ?? null;
        })
        .catch(() => undefined); // the player says what is wrong with it
    }
    return () => {
      wanted = false;
    };
  }, [url, probe]);
  return (
    <dl class="result-facts">
      {factsOf(row, probe.value).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function factsOf(row: Generation, probe: Probe | null): [string, string][] {
  const took = row.started_at && row.completed_at ? row.completed_at - row.started_at : null;
  const facts: [string, string | null][] = [
    ["Model", modelOf(row.model)?.display_name ?? row.model],
    ["Size", probe && `${probe.width} × ${probe.height}`],
    ["Rate", probe?.rate ? `${rate(probe.rate)} fps${probe.varies ? " on average" : ""}` : null],
    ["Length", probe?.length ? length(probe) : null],
    ["File", probe?.bytes ? bytes(probe.bytes) : null],
    ["Cost", row.cost === null ? null : dollars(row.cost)],
    ["Took", took === null ? null : took < 1 ? "under a second" : seconds(took)],
    ["Seed", String(row.seed)],
    ["Asked for", moment(row.enqueued_at)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

const rate = (value: number): string => String(Number(value.toFixed(3)));

function length({ length, frames }: Probe): string {
  const text = seconds(length ?? 0);
  return frames ? `${text}, ${frames} frames` : text;
}
