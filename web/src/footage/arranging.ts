/** What is done to a list of images: bringing, moving, removing. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Media } from "../workbench/attachment";
import type { Brought } from "./drop";
import { moved } from "./order";
import { wrongKind } from "./probe";
import { takeFile, takeLink } from "./take";
import { letGo } from "./uploads";

interface List {
  media: Media;
  value: readonly string[];
  room: number;
  onChange: (ids: readonly string[]) => void;
}

interface Arranging {
  /** What was done, for those who do not see it. */
  told: ReadonlySignal<string>;
  /** Why something was not taken. */
  refused: ReadonlySignal<string>;
  bring: (brought: Brought) => Promise<void>;
  move: (from: number, to: number) => void;
  remove: (index: number) => void;
}

export function useArranging(list: List): Arranging {
  const told = useSignal("");
  const refused = useSignal("");
  const latest = useRef(list); // looking into files takes a moment, in which the list may change
  latest.current = list;
  return {
    told,
    refused,
    async bring(brought) {
      const wrong = await wrongOf(brought.files, list.media);
      const { value, room, onChange } = latest.current;
      const good = brought.files.filter((_, index) => wrong[index] === null);
      const taken = take({ ...brought, files: good }, list.media, room);
      const left = good.length + (brought.link ? 1 : 0) - taken.length;
      told.value = "";
      refused.value = [...wrong, left > 0 ? noRoom(left, room) : null].filter(Boolean).join(" ");
      if (taken.length) onChange([...value, ...taken]);
    },
    move(from, to) {
      const next = moved(list.value, from, to);
      if (next === list.value) return;
      list.onChange(next);
      told.value = `Moved to place ${to + 1} of ${next.length}.`;
    },
    remove(index) {
      const gone = list.value[index];
      if (gone === undefined) return;
      list.onChange(list.value.filter((_, at) => at !== index));
      letGo(gone);
      told.value = "Removed.";
    },
  };
}

/** By file what is wrong with it, null where nothing is. */
function wrongOf(files: readonly File[], media: Media): Promise<(string | null)[]> {
  return Promise.all(
    files.map(async (file) => {
      const wrong = await wrongKind(file, media);
      return wrong && `${file.name}: ${wrong}`;
    }),
  );
}

/** The ids of as many attachments as there is room for. */
function take({ files, link }: Brought, media: Media, room: number): string[] {
  const taken = files.slice(0, room).map((file) => takeFile(media, file).id);
  if (link && room > 0) taken.push(takeLink(media, link).id);
  return taken;
}

function noRoom(left: number, room: number): string {
  const files = left === 1 ? "One file was left out" : `${left} files were left out`;
  return `${files}: there was room for ${room === 0 ? "none" : room}.`;
}
