import { useEffect } from "preact/hooks";
import { Form } from "../form/form";
import { ModelPicker } from "../models/model-picker";
import { PromptBox } from "../prompt/prompt-box";
import { hashOf } from "../route";
import { count, errors, model } from "./draft";
import { keep, takeUp } from "./kept";
import { followDraft } from "./plan";
import { PlanPanel } from "./plan-panel";
import { Recent } from "./recent";
import { asking, run } from "./run";
import { Stage, videoOf } from "./stage";
import "./workbench.css";

/** Where a request is written on one side, and what comes of it is seen on the other. */
export function Workbench() {
  takeUp();
  useEffect(keep, []);
  useEffect(followDraft, []);
  const of = model.value;
  if (!of) return null;
  const video = videoOf(of);
  return (
    <div class="workbench">
      <h1 class="visually-hidden">Edit</h1>
      <Stage />
      <form class="composer" aria-label="Request" noValidate onSubmit={submit}>
        <ModelPicker />
        <PromptBox onRun={() => void run()} />
        <PlanPanel />
        <Form omit={video ? [video] : []} />
        <Run />
      </form>
      <Recent />
    </div>
  );
}

function submit(event: Event): void {
  event.preventDefault();
  void run();
}

/** What is wrong with the request as a whole. */
function Wrong() {
  const whole = errors.value[""];
  if (!whole) return null;
  return (
    <p class="error" role="alert" data-place="" tabIndex={-1}>
      {whole}{" "}
      {/credit|spend limit/i.test(whole) && (
        <a href={hashOf({ page: "account" })}>See what is left.</a>
      )}
    </p>
  );
}

function Run() {
  return (
    <div class="composer-end">
      <Wrong />
      <div class="composer-run">
        <label class="composer-count">
          <span class="visually-hidden">How many</span>
          <select
            value={count}
            title="How many results to ask for; each costs"
            onChange={(event) => {
              count.value = Number(event.currentTarget.value);
            }}
          >
            {[1, 2, 3, 4].map((number) => (
              <option key={number} value={number}>
                {number} ×
              </option>
            ))}
          </select>
        </label>
        <button class="button accent" type="submit" disabled={asking} title="Ctrl or ⌘ + Enter">
          {asking.value ? "Asking…" : "Run"}
        </button>
      </div>
    </div>
  );
}
