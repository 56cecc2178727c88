/** Dropping and pasting onto a part of the page. */

import { type Signal, useSignal } from "@preact/signals";
import { linkIn } from "./names";

export interface Brought {
  files: File[];
  link: string | null;
}

/** What somebody dropped or pasted. */
export function broughtBy(data: DataTransfer | null): Brought {
  const files = [...(data?.files ?? [])];
  const text = data?.getData("text/uri-list") || data?.getData("text/plain") || "";
  return { files, link: files.length ? null : linkIn(text.split(/[\r\n]+/)[0] ?? "") };
}

/** Whether what is dragged over the page could be a file or a link. */
export const isFootage = (data: DataTransfer | null): boolean =>
  !!data && (data.types.includes("Files") || data.types.includes("text/uri-list"));

interface Zone {
  /** Whether something is held over it. */
  over: Signal<boolean>;
  /** For the element that is dropped on. */
  handlers: {
    onDragOver: (event: DragEvent) => void;
    onDragLeave: (event: DragEvent) => void;
    onDrop: (event: DragEvent) => void;
    onPaste: (event: ClipboardEvent) => void;
  };
}

/** Where files and links can be dropped, and pasted while the focus is inside. */
export function useZone(onBrought: (brought: Brought) => void): Zone {
  const over = useSignal(false);
  return {
    over,
    handlers: {
      onDragOver(event) {
        if (!isFootage(event.dataTransfer)) return;
        event.preventDefault();
        over.value = true;
      },
      onDragLeave(event) {
        const zone = event.currentTarget as Element;
        if (!zone.contains(event.relatedTarget as Node | null)) over.value = false;
      },
      onDrop(event) {
        over.value = false;
        if (!isFootage(event.dataTransfer)) return;
        event.preventDefault();
        onBrought(broughtBy(event.dataTransfer));
      },
      onPaste(event) {
        const brought = broughtBy(event.clipboardData);
        const typing = (event.target as Element).matches("input, textarea");
        if (!brought.files.length && (typing || !brought.link)) return;
        event.preventDefault();
        onBrought(brought);
      },
    },
  };
}
