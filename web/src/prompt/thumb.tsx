import { Icon } from "../ui/icon";
import { attachment } from "../workbench/attachment";

/** What an attachment looks like, small. Decoration: its name stands beside. */
export function Thumb({ id }: { id: string }) {
  const one = attachment(id)?.value;
  const icon = one?.media === "video" ? "film" : "image";
  return (
    <span class="thumb">
      {one?.view && one.media === "video" && (
        <video
          src={one.view}
          muted
          playsInline
          preload="metadata"
          tabIndex={-1}
          aria-hidden="true"
        />
      )}
      {one?.view && one.media === "image" && <img src={one.view} alt="" draggable={false} />}
      {!one?.view && <Icon name={icon} />}
    </span>
  );
}
