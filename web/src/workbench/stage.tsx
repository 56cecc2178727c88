import { computed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../api/client";
import { heard } from "../api/events";
import { Parameter } from "../form/form";
import { Batch } from "../generations/batch";
import { generation, look } from "../generations/generations";
import type { Model } from "../models/models";
import { Icon } from "../ui/icon";
import { model, parameters } from "./draft";
import { show, shown } from "./run";

/** The parameter that takes the model's video; null where it takes none. */
export function videoOf(of: Model): string | null {
  const found = parameters(of).find(([, schema]) => schema.renderType === "video-url");
  return found?.[0] ?? null;
}

const rows = computed(() => shown.value.flatMap((id) => generation(id) ?? []));

/** The input while a request is written, and what comes of it afterwards. */
export function Stage() {
  const ids = shown.value;
  const stage = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow page the button that was pressed is far below.
    if (ids.length) stage.current?.scrollIntoView({ block: "nearest" });
    // After a reload; one that is no longer there is not shown, but a server that is away takes nothing.
    for (const id of ids) {
      if (!generation(id)) {
        look(id).catch((error: unknown) => {
          if (error instanceof ApiError && error.status === 404) show([]);
        });
      }
    }
  }, [ids, heard.value]);
  return (
    <section ref={stage} class="stage" aria-label={ids.length ? "Result" : "Input"}>
      {ids.length > 0 && (
        <>
          <div class="row">
            <button class="button slim" type="button" onClick={() => show([])}>
              <Icon name="film" />
              Back to the input
            </button>
          </div>
          <Batch rows={rows.value} />
        </>
      )}
      {ids.length === 0 && <Input />}
    </section>
  );
}

function Input() {
  const of = model.value;
  if (!of) return null;
  const video = videoOf(of);
  if (video) return <Parameter key={of.id} name={video} />;
  return (
    <div class="blank stage-nothing">
      <Icon name="film" />
      <p>{of.description}</p>
      <p class="soft">What comes of the prompt is shown here.</p>
    </div>
  );
}
