/** Files dropped or pasted anywhere on the page find their parameters by themselves. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { go, route } from "../route";
import { notice } from "../shell/notices";
import { Icon } from "../ui/icon";
import { model, parameters, set, values } from "../workbench/draft";
import { takeUp } from "../workbench/kept";
import { show } from "../workbench/run";
import { type Brought, broughtBy } from "./drop";
import { mediaOf } from "./media";
import { linkName } from "./names";
import { type Place, spread } from "./spread";
import { takeFile, takeLink } from "./take";
import { letGo } from "./uploads";

export function DropEverywhere() {
  const over = useSignal(false);
  useEffect(() => {
    const ears = new AbortController();
    const { signal } = ears;
    /** Something of the page itself is dragged, such as an image to another place. */
    let own = false;
    const coming = (event: DragEvent): boolean =>
      !own && !!event.dataTransfer?.types.includes("Files");
    const on = <K extends keyof WindowEventMap>(
      name: K,
      then: (event: WindowEventMap[K]) => void,
    ): void => addEventListener(name, then, { signal });

    on("dragstart", () => {
      own = true;
    });
    on("dragend", () => {
      own = false;
    });
    on("dragover", (event) => {
      if (!coming(event)) return;
      event.preventDefault(); // else the browser leaves the page for the file
      over.value = !inDialog();
    });
    on("dragleave", (event) => {
      if (event.relatedTarget === null) over.value = false;
    });
    on("drop", (event) => {
      over.value = false;
      const taken = event.defaultPrevented; // by the field that it fell on
      if (!coming(event)) return;
      event.preventDefault();
      if (!taken && !inDialog()) bring(broughtBy(event.dataTransfer));
    });
    on("paste", (event) => {
      if (event.defaultPrevented || inDialog()) return;
      const brought = broughtBy(event.clipboardData);
      const typing = event.target instanceof Element && event.target.matches(TYPED_IN);
      if (!brought.files.length && (typing || !brought.link)) return;
      event.preventDefault();
      bring(brought);
    });
    return () => ears.abort();
  }, []);
  return (
    <div class={`drop-everywhere ${over.value ? "over" : ""}`} aria-hidden="true">
      <p>
        <Icon name="film" />
        Drop it anywhere, or on the field it is for
      </p>
    </div>
  );
}

const TYPED_IN = "input, textarea, [contenteditable]";
const inDialog = (): boolean => document.querySelector("dialog[open]") !== null;

/** Put files, or a link, where the model wants them. */
function bring({ files, link }: Brought): void {
  takeUp(); // on a page where nobody looked at the draft yet
  const places = placesOf();
  const { taken, left } = spread<File | Link>(
    link ? [{ url: link, name: linkName(link), type: "" }] : files,
    places,
  );
  for (const sentence of left) notice("error", sentence);
  for (const [name, some] of taken) {
    const place = places.find((one) => one.name === name);
    if (!place) continue;
    if (place.media === "video") show([]); // so that it is seen, and not an earlier result
    const ids = some.map((one) =>
      one instanceof File ? takeFile(place.media, one).id : takeLink(place.media, one.url).id,
    );
    const before = values.value[name];
    if (place.several) set(name, [...((before as string[] | undefined) ?? []), ...ids]);
    else {
      if (typeof before === "string") letGo(before);
      set(name, ids[0]);
    }
  }
  if (taken.size && route.value.page !== "workbench") go({ page: "workbench" });
}

interface Link {
  url: string;
  name: string;
  type: string;
}

function placesOf(): Place[] {
  const of = model.value;
  if (!of) return [];
  const lengthOf = (name: string): number => {
    const value = values.value[name];
    return Array.isArray(value) ? value.length : 0;
  };
  const together = of.request_schema["x-max-references"] ?? Number.POSITIVE_INFINITY;
  return parameters(of).flatMap(([name, schema]): Place[] => {
    const media = mediaOf(schema);
    if (!media) return [];
    const several = schema.items !== undefined;
    if (!several) return [{ name, media, several, room: values.value[name] ? 0 : 1 }];
    const most = Math.min(schema.maxItems ?? together, together - lengthOf("elements"));
    return [{ name, media, several, room: Math.max(0, most - lengthOf(name)) }];
  });
}
