import { hashOf } from "../route";
import { me } from "../session/session";
import { dollars, seconds } from "../ui/format";
import { Icon } from "../ui/icon";
import { count, model, prompt, set } from "./draft";
import { duration, type Planned, planned, planning, price, unplanned } from "./plan";

/** Before anything is spent: what was understood, by which engine, for how much and for how long. */
export function PlanPanel() {
  const told = planned.value;
  if (!told && !unplanned.value && !planning.value) return null;
  return (
    <section class="plan" aria-label="What will be done" aria-busy={planning}>
      {!told && !unplanned.value && <p class="soft small">Reading the prompt…</p>}
      {unplanned.value && <p class="plan-refusal">{unplanned}</p>}
      {told && <Understood told={told} />}
      {told && <Facts told={told} />}
    </section>
  );
}

function Understood({ told }: { told: Planned }) {
  if (told.refusal) return <Refused refusal={told.refusal} />;
  if (!told.plan) return <p class="soft small">This engine reads the prompt when it begins.</p>;
  return (
    <p class="plan-say">
      <Icon name="check" />
      <span>
        <span class="visually-hidden">Understood: </span>
        {told.plan.say}
      </span>
    </p>
  );
}

function Refused({ refusal }: { refusal: NonNullable<Planned["refusal"]> }) {
  return (
    <div class="plan-refusal">
      <p>
        <Icon name="warning" />
        <strong>This would fail.</strong>
      </p>
      {refusal.cannot.length === 0 && <p>{refusal.message}</p>}
      {refusal.cannot.map(({ text, why, nearest }) => (
        <div key={text}>
          <p>
            “{text}”: {why.replace(/\.$/, "")}.
          </p>
          {nearest.length > 0 && (
            <ul class="row" aria-label={`What could be said instead of “${text}”`}>
              {nearest.map((instead) => (
                <li key={instead}>
                  <button class="button slim" type="button" onClick={() => say(text, instead)}>
                    {instead}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
      {refusal.understood.length > 0 && (
        <p class="small">Understood: {refusal.understood.join(", ")}.</p>
      )}
    </div>
  );
}

/** Put another wording in the place of the part that is refused. */
function say(text: string, instead: string): void {
  const at = prompt.value.indexOf(text);
  set(
    "prompt",
    at < 0 ? instead : prompt.value.slice(0, at) + instead + prompt.value.slice(at + text.length),
  );
}

function Facts({ told }: { told: Planned }) {
  return (
    <dl class="plan-facts">
      <div>
        <dt>Engine</dt>
        <dd>{told.engine}</dd>
      </div>
      <Cost />
      <div>
        <dt>Takes</dt>
        <dd title={told.pace ? `Median of the last ${told.pace.runs} of ${name()}` : undefined}>
          {time(told)}
        </dd>
      </div>
    </dl>
  );
}

function Cost() {
  const told = price.value;
  if (!told) return null;
  const times = count.value;
  const free = Number(me.value?.free);
  const short = told.most * times > free;
  const cheap = told.likely !== null && told.likely * times <= free;
  return (
    <div>
      <dt>Costs</dt>
      <dd>
        {told.likely === null ? (
          <>at most {dollars(told.most * times)}</>
        ) : (
          <span title={`At most ${dollars(told.most * times)}`}>
            {dollars(told.likely * times)}
          </span>
        )}
        {times > 1 && <span class="soft"> for {times}</span>}
        {short && (
          <>
            {" "}
            <a class="tag bad" href={hashOf({ page: "account" })}>
              {cheap
                ? `${dollars(told.most * times)} is held, more than you have`
                : "more than you have"}
            </a>
          </>
        )}
      </dd>
    </div>
  );
}

function time(told: Planned): string {
  if (!told.pace) return "no data yet";
  if (duration.value === null) return `${told.pace.per_second.toFixed(1)} s a second of video`;
  return `about ${seconds(Math.max(1, duration.value))}`;
}

const name = (): string => model.value?.display_name ?? "this model";
